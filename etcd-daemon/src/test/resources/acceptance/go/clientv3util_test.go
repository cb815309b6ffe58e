package clientv3util_test

import "testing"

// The examples of this package print nothing, so Go only compiles them. They end the process on an error.
func TestExamples(t *testing.T) {
	ExampleKeyMissing()
	ExampleKeyExists()
}
