/** What those call who look after a cluster: users and roles, members, maintenance, and health. */
@NullMarked
package io.etcetera.server.rpc.admin;

import org.jspecify.annotations.NullMarked;
