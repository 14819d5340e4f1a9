# The database of a real Alpine system, from the test data of another scanner.
source=$(go_module github.com/google/osv-scalibr@v0.1.6)/extractor/filesystem/os/apk/testdata
mkdir -p root/lib/apk/db root/etc
cp "$source/installed" root/lib/apk/db/installed
chmod u+w root/lib/apk/db/installed
echo 3.18.0 >root/etc/alpine-release
cat >root/etc/os-release <<'END'
NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.18.0
PRETTY_NAME="Alpine Linux v3.18"
END
archive image.tar root
