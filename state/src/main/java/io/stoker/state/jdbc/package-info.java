/// What the warmers' stores share: connections, transactions, the two dialects of SQL, migrations.
///
/// [JdbcStateDatabase] is the database, [JdbcTransactions] what one warmer sees of it: it reads,
/// and it writes in transactions that many callers share ([JdbcWriter]). Knows no table of any
/// warmer. Not exported.
@NullMarked
package io.stoker.state.jdbc;

import org.jspecify.annotations.NullMarked;
