/// JDBC code shared by the warmers' stores: connections, transactions, two SQL dialects,
/// migrations.
///
/// [JdbcStateDatabase] is the database; [JdbcTransactions] runs one store's reads and writes on it,
/// the latter in transactions that many callers share ([JdbcWriter]). Independent of the warmers'
/// tables. Not exported.
@NullMarked
package io.stoker.state.jdbc;

import org.jspecify.annotations.NullMarked;
