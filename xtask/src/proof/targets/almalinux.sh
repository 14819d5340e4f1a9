# An rpm system: packages with real names, epochs, modules and dependencies, built and installed by rpm.
mkdir -p top root/usr/lib root/etc root/var/lib/rpm
cat >root/usr/lib/os-release <<'END'
NAME="AlmaLinux"
VERSION="9.4 (Seafoam Ocelot)"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="AlmaLinux 9.4 (Seafoam Ocelot)"
CPE_NAME="cpe:/o:almalinux:almalinux:9::baseos"
END
ln -s ../usr/lib/os-release root/etc/os-release
echo 'AlmaLinux release 9.4 (Seafoam Ocelot)' >root/etc/redhat-release
cp root/etc/redhat-release root/etc/almalinux-release
# name epoch version release licence module
while read -r name epoch version release module; do
    {
        echo "Name: $name"
        [ "$epoch" = 0 ] || echo "Epoch: $epoch"
        echo "Version: $version"
        echo "Release: $release"
        echo "Summary: $name"
        echo "License: MIT"
        echo "Vendor: AlmaLinux"
        [ -z "$module" ] || echo "ModularityLabel: $module"
        printf '%%description\n%%package libs\nSummary: Part\n%%description libs\n'
        printf '%%install\nmkdir -p %%{buildroot}/usr/share/doc/%s\n' "$name"
        printf ': > %%{buildroot}/usr/share/doc/%s/README\n' "$name"
        printf '%%files\n/usr/share/doc/%s\n%%files libs\n' "$name"
    } >"top/$name.spec"
    rpmbuild --quiet -bb --define "_topdir $PWD/top" --define '_build_id_links none' "top/$name.spec" 2>>top/log
done <<'END'
bash 0 5.1.8 9.el9
glibc 0 2.34 100.el9_4.2
openssl 1 3.0.7 27.el9
curl 0 7.76.1 29.el9_4
systemd 0 252 32.el9_4.alma.1
dbus 1 1.12.20 8.el9
bind 32 9.16.23 18.el9_4.1
python3.9 0 3.9.18 3.el9
sqlite 0 3.34.1 7.el9_3
vim-minimal 2 8.2.2637 20.el9_1
nodejs 1 18.20.2 1.module_el9.4.0+100+71fc9528 nodejs:18:9040020240807:rhel9
postgresql 0 15.6 1.module_el9.3.0+53+ba4a2d9f postgresql:15:9030020240226:rhel9
gnutls 0 3.8.3 4.el9_4
tzdata 0 2024a 1.el9
beta 0 1.0~rc1^20240101git 0.1.el9
END
find top/RPMS -name '*.rpm' -exec rpm --root "$PWD/root" --dbpath /var/lib/rpm --nodeps --noscripts --ignorearch --nosignature -i {} + 2>>top/log
archive image.tar root
