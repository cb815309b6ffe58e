// What the examples of etcd's Go client expect beside them. Built once for each package of examples, under that package's name.
package clientv3_test

import (
	"os"
	"strings"
	"time"
)

const (
	dialTimeout    = 5 * time.Second
	requestTimeout = 10 * time.Second
)

func exampleEndpoints() []string { return strings.Split(os.Getenv("ETCD_ENDPOINTS"), ",") }

// The examples can be played without a server, too; here never.
func forUnitTestsRunInMockedContext(_ func(), example func()) { example() }
