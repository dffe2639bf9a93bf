"""The same statements on Apache Spark, for those whose records outgrow one machine. An optional extra: ``spark``.

Spark reads the same Parquet files as DuckDB, so that a cluster needs nothing from the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from paivand.core.rules.errors import Refused
from paivand.evidence.rules.answers import figures
from paivand.evidence.rules.asking import Ask, Figure
from paivand.evidence.rules.indicators import AgeSet, Indicator
from paivand.evidence.rules.relations import RELATIONS, Dialect, Names, columns

LOCAL = "local[2]"
"""Two cores of this machine; a cluster has an address of its own, such as ``spark://host:7077`` or ``k8s://…``."""

Files = Mapping[str, Sequence[Path | str]]
"""The Parquet files of each relation; a relation without files is empty."""


@contextmanager
def session(master: str = LOCAL, settings: Mapping[str, str] | None = None) -> Iterator[Any]:
    """A Spark session, which ends with the block.

    Raises:
        Refused: ``pyspark`` is not installed, or no Java is found.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Refused(
            _("Apache Spark is not installed. Install the extra “spark” of Paivand, or count with DuckDB."), "no_spark"
        ) from error
    plain = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        **({"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if "local" in master else {}),
        **(settings or {}),
    }
    builder = SparkSession.builder.master(master).appName("paivand")
    for name, value in plain.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        raise Refused(
            _("Apache Spark did not start: %(reason)s. It needs Java 17 or newer.") % {"reason": error}, "no_java"
        ) from error
    try:
        yield spark
    finally:
        spark.stop()


def figures_on_spark(
    spark: Any, files: Files, indicators: Sequence[Indicator], ask: Ask, ages: Mapping[str, AgeSet]
) -> dict[str, Figure]:
    """The figures counted by a running session over ``files``; ``alias`` must be as it was known at ``ask.as_of``."""
    for name in RELATIONS:
        _view(spark, name, files.get(name, ()))
    names = Names(**{name: f"paivand_{name}" for name in RELATIONS})
    return figures(
        indicators, ask, lambda text: spark.sql(text).collect(), dialect=Dialect.SPARK, ages=ages, names=names
    )


def _view(spark: Any, name: str, files: Sequence[Path | str]) -> None:
    """A relation under its own name; columns that a file has beyond those of the relation are left out."""
    schema = columns(name, Dialect.SPARK)
    if files:
        rows = spark.read.parquet(*(str(one) for one in files))
        rows = rows.selectExpr(*(f"cast({column} as {kind}) as {column}" for column, kind in _typed(schema)))
    else:
        rows = spark.createDataFrame([], schema)
    rows.createOrReplaceTempView(f"paivand_{name}")


def _typed(schema: str) -> list[tuple[str, str]]:
    """Columns and their types; ``decimal(12,2)`` has no blank after its comma, so that ", " parts columns only."""
    pairs = (one.split(" ", 1) for one in schema.split(", "))
    return [(column, kind) for column, kind in pairs]
