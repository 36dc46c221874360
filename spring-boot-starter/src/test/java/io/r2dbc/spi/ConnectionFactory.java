package io.r2dbc.spi;

/// The type by which R2DBC is recognized, in the place of its own.
public interface ConnectionFactory {}
