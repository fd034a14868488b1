// A TLS server and client by Go's crypto/tls, for tests of what others do. SPDX-License-Identifier: MIT
//
//	peer server PORT CHAIN KEY AUTHORITY VERSION  echoes what it gets, up to CLOSE; asks for a certificate, and takes any
//	peer client PORT CHAIN KEY AUTHORITY VERSION KEYLOG TIMES  connects TIMES times, shows its certificate, sends a line each
//	                                                           time and reads one; later connections resume
//
// VERSION: TLSv1 to TLSv1.3. Files are PEM.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"os"
	"strconv"
)

var versions = map[string]uint16{
	"TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11, "TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13,
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func config(arguments []string) *tls.Config {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(must(os.ReadFile(arguments[2])))
	return &tls.Config{
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(arguments[0], arguments[1]))},
		RootCAs:      trusted,
		ClientCAs:    trusted,
		MinVersion:   versions[arguments[3]],
		MaxVersion:   versions[arguments[3]],
	}
}

func echo(connection net.Conn) {
	defer connection.Close()
	for data := make([]byte, 16384); ; {
		length, err := connection.Read(data)
		if err != nil {
			return
		}
		connection.Write(data[:length])
		if bytes.Contains(data[:length], []byte("CLOSE")) {
			return
		}
	}
}

func serve(address string, arguments []string) {
	settings := config(arguments)
	settings.ClientAuth = tls.RequestClientCert
	listener := must(tls.Listen("tcp", address, settings))
	for {
		connection := must(listener.Accept())
		go echo(connection)
	}
}

func connect(address string, settings *tls.Config) {
	connection := must(tls.Dial("tcp", address, settings))
	must(connection.Write([]byte("ping\n")))
	must(io.ReadFull(connection, make([]byte, 5))) // tickets are read before it
	connection.Close()
}

func main() {
	address := "localhost:" + os.Args[2]
	if os.Args[1] == "server" {
		serve("127.0.0.1:"+os.Args[2], os.Args[3:])
	}
	settings := config(os.Args[3:])
	settings.KeyLogWriter = must(os.Create(os.Args[7]))
	settings.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for left := must(strconv.Atoi(os.Args[8])); left > 0; left-- {
		connect(address, settings)
	}
}
