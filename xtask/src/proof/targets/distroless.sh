# The packages of a distroless base, unpacked from Debian's own archives: one status file for each.
mkdir -p root/var/lib/dpkg/status.d root/etc archives
for package in base-files netbase tzdata libc6 libssl3 ca-certificates libgcc-s1 libstdc++6 zlib1g media-types; do
    (cd archives && apt-get download -qq -o APT::Sandbox::User=root $package)
    archive=$(ls archives/${package}_*.deb)
    dpkg-deb -x "$archive" root
    dpkg-deb -I "$archive" control >root/var/lib/dpkg/status.d/$package
    dpkg-deb -c "$archive" | awk '{ print substr($6, 2) }' >root/var/lib/dpkg/status.d/$package.list
done
archive image.tar root
