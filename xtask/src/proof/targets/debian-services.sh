# Debian 12 with interpreters and servers, and packages of Python and npm that Debian does not own.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)
debootstrap --variant=minbase bookworm root "${mirror:-http://deb.debian.org/debian}" >debootstrap.log
# No service is started while packages are installed (Debian's invoke-rc.d(8)).
printf '#!/bin/sh\nexit 101\n' >root/usr/sbin/policy-rc.d
chmod +x root/usr/sbin/policy-rc.d
# Java's scripts ask for it; nothing of it may stay behind in the root.
mount -t proc proc root/proc
trap 'mountpoint -q root/proc && umount root/proc' EXIT
chroot root apt-get update -qq
DEBIAN_FRONTEND=noninteractive chroot root apt-get install -qq -y --no-install-recommends \
    ca-certificates python3 python3-pip python3-venv python3-requests python3-cryptography nodejs npm nginx \
    postgresql default-jre-headless libcommons-lang3-java libpostgresql-jdbc-java libtomcat9-java >install.log
umount root/proc
rm -rf root/var/cache/apt/archives root/var/lib/apt/lists root/dev
mkdir -p root/srv
python3 -m venv root/srv/venv
root/srv/venv/bin/pip install -q --disable-pip-version-check django==4.2.1 celery sqlalchemy==1.4.0 \
    aiohttp==3.9.0 flask==2.2.0 pyyaml lazr.uri zope.interface ruamel.yaml jinja2==3.1.2 black pytest \
    boto3 paramiko scrapy
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore \
    --target root/usr/local/lib/python3.11/dist-packages requests==2.25.0 gunicorn
mkdir root/srv/app
npm install --prefix root/srv/app --ignore-scripts --no-audit --no-fund --silent \
    express@4.16.0 lodash@4.17.10 webpack@4.41.0 jest@29 @babel/core typescript aliased@npm:minimist@1.2.0
archive image.tar root
