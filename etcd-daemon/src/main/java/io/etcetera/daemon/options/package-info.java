/** The one table of flags, environment variables and keys of the configuration file, and what members are configured with by them. */
@NullMarked
package io.etcetera.daemon.options;

import org.jspecify.annotations.NullMarked;
