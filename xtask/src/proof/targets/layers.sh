# The image of `cargo xtask bench`: six layers of over a gigabyte with whiteouts.
python3 "$BENCH_IMAGE" "$PWD/image" "$(rustc --print sysroot)" "${CARGO_HOME:-$HOME/.cargo}"
ln -s image/app.tar image.tar
