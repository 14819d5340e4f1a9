# Databases of real systems in all three formats, from the test data of a library that reads them.
source=$(go_module github.com/knqyf263/go-rpmdb@v0.1.1)/pkg/testdata
for system in "$source"/*/; do
    name=$(basename "$system")
    mkdir -p "roots/$name"
    for database in Packages Packages.db rpmdb.sqlite; do
        [ -f "$system/$database" ] || continue
        folder=var/lib/rpm
        [ $database = Packages.db ] && folder=usr/lib/sysimage/rpm
        mkdir -p "roots/$name/$folder"
        cp "$system/$database" "roots/$name/$folder/$database"
        chmod -R u+w "roots/$name"
    done
done
