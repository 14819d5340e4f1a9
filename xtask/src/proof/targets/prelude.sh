# What the targets' scripts share. They run in an empty directory of their own.
set -eu
archive() {
    python3 "$ARCHIVE" "$@"
}
go_module() {
    (cd / && go mod download -json "$1") | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}
