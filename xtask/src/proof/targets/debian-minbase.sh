# A minimal Debian 12 from the mirror that this machine's apt uses; also as ext4 and XFS disks.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)
debootstrap --variant=minbase bookworm root "${mirror:-http://deb.debian.org/debian}" >debootstrap.log
rm -rf root/var/cache/apt/archives root/var/lib/apt/lists root/dev
archive image.tar root
truncate -s 1G disk.ext4
mkfs.ext4 -q -F -d root disk.ext4
truncate -s 1G disk.xfs
python3 "$PROTOTYPE" root >disk.proto
mkfs.xfs -q -f -p disk.proto disk.xfs
