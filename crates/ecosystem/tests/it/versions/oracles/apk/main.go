// Compares tab-separated pairs of versions with the Go port of apk-tools 2's version.c that
// Trivy uses.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	apk "github.com/knqyf263/go-apk-version"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\t")
		if !apk.Valid(a) || !apk.Valid(b) {
			fmt.Println("!")
			continue
		}
		order := apk.Version(a).Compare(apk.Version(b))
		fmt.Println("<=>"[order+1 : order+2])
	}
}
