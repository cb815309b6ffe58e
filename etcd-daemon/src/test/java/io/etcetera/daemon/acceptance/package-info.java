/**
 * The packaged daemon, driven from outside as its users drive it: stock etcdctl, real client libraries, kill -9. Tests
 * here run after packaging, and compare with a stock etcd where one is to be had.
 */
@NullMarked
package io.etcetera.daemon.acceptance;

import org.jspecify.annotations.NullMarked;
