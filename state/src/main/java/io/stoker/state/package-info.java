/// One SQL database for all state of the warmers that must survive a restart.
///
/// [StateDatabase] is the public handle, opened once per program. The code behind it is in
/// `io.stoker.state.jdbc`; tables and statements belong to the warmers.
@NullMarked
package io.stoker.state;

import org.jspecify.annotations.NullMarked;
