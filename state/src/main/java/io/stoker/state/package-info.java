/// Where the warmers keep what must survive a restart: one SQL database for all of them.
///
/// [StateDatabase] is the door, opened once by whoever puts the parts together. What the warmers
/// share behind it is in `io.stoker.state.jdbc`; their tables and statements are their own.
@NullMarked
package io.stoker.state;

import org.jspecify.annotations.NullMarked;
