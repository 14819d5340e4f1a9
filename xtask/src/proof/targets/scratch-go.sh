# A program of many modules, alone in an image.
mkdir -p root source
cd source
cat >go.mod <<'END'
module example.org/proof
go 1.21
END
cat >main.go <<'END'
package main

import (
	"fmt"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
	"rsc.io/quote"
)

func main() {
	text, _ := yaml.Marshal(map[string]string{"hello": quote.Hello()})
	fmt.Println(string(text), language.English)
}
END
export GOFLAGS=-mod=mod CGO_ENABLED=0
go get rsc.io/quote@v1.5.2 gopkg.in/yaml.v3@v3.0.1 golang.org/x/text@v0.3.7
go build -o ../root/proof .
cd ..
archive image.tar root
