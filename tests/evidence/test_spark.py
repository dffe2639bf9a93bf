"""Apache Spark counts the same as a hand, from Parquet files; in local mode."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paivand.evidence.queries.spark import figures_on_spark, session
from paivand.evidence.rules.asking import Ask
from paivand.evidence.rules.indicators import Dimension, Indicator, Measure, Source, Where
from paivand.evidence.rules.relations import RELATIONS, Kind
from tests.evidence.naive import World
from tests.evidence.test_engines import by_hand, same
from tests.evidence.worlds import AGES, asks, indicators, relations, worlds

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Apache Spark needs Java, and there is none")
TYPES = {
    Kind.TEXT: pa.string(), Kind.OPAQUE: pa.int64(), Kind.YES: pa.bool_(), Kind.COUNT: pa.int32(),
    Kind.YEARS: pa.int16(), Kind.QUANTITY: pa.decimal128(12, 2), Kind.DAY: pa.date32(), Kind.MOMENT: pa.timestamp("us"),
}  # fmt: skip
SOME = st.tuples(*(indicators(f"i{number}") for number in range(12)))


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("spark")
    little = {
        "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.driver.memory": "700m",
        "spark.sql.warehouse.dir": str(home / "warehouse"), "spark.local.dir": str(home / "local"),
        "spark.log.level": "ERROR", "spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }  # fmt: skip
    with session("local[1]", little) as running:
        yield running


def written(world: World, ask: Ask, folder: Path) -> dict[str, list[Path]]:
    """The relations as Parquet files; those without rows have no file."""
    files = {}
    for name, rows in relations(world, ask.as_of).items():
        schema = pa.schema([(column, TYPES[kind]) for column, kind in RELATIONS[name].items()])
        table = pa.Table.from_arrays(
            [pa.array(list(values), field.type) for field, values in zip(schema, zip(*rows, strict=True), strict=True)],
            schema=schema,
        ) if rows else None  # fmt: skip
        if table is not None:
            pq.write_table(table, folder / f"{name}.parquet")
            files[name] = [folder / f"{name}.parquet"]
    return files


@settings(max_examples=4, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(world=worlds(), some=SOME, ask=asks())
def test_spark_counts_what_a_hand_counts(
    spark: Any, tmp_path_factory: pytest.TempPathFactory, world: World, some: tuple[Indicator, ...], ask: Ask
) -> None:
    files = written(world, ask, tmp_path_factory.mktemp("files"))
    same(figures_on_spark(spark, files, some, ask, AGES), by_hand(world, some, ask), some)


def test_an_empty_house_has_nothing_to_count(spark: Any) -> None:
    people = Indicator("p", {}, {}, Measure.PEOPLE, Source.JOURNEY, Where(sex=("female",)))
    found = figures_on_spark(spark, {}, [people], Ask(by=(Dimension.SEX,)), AGES)
    assert found["p"].cells == {(): 0}
