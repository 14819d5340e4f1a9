// Compares tab-separated pairs of versions with Go's own packages: names of releases with
// go/version, everything else with golang.org/x/mod/semver.
package main

import (
	"bufio"
	"fmt"
	"go/version"
	"os"
	"strings"

	"oracle/semver"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\t")
		valid, compare := semver.IsValid, semver.Compare
		if strings.HasPrefix(a, "go") {
			valid, compare = version.IsValid, version.Compare
		}
		if !valid(a) || !valid(b) {
			fmt.Println("!")
			continue
		}
		fmt.Println("<=>"[compare(a, b)+1 : compare(a, b)+2])
	}
}
