"""`coxswain compute`: the alignment KPIs from the records, now. A running server does it by itself."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.alignment_kpis import COMPUTING, compute_alignment_kpis
from app.commands.context import DataDir, clear_refusals, run_work
from app.domain.linkage.wording import word_count
from app.models.alignment_kpis import KpiComputation


def compute(
    data_dir: DataDir = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All periods, not only those that changed records touch.")
    ] = False,
) -> None:
    """Computes the alignment KPIs from the records; a running server does so by itself after every change."""

    async def work(session: AsyncSession) -> KpiComputation:
        return await compute_alignment_kpis(session, actor=COMPUTING, always=everything)

    with clear_refusals():
        done = run_work(data_dir, work)
        looked = word_count(done.pairs, "figure")
        changed = word_count(done.written, "value")
        print(f"Computed up to {done.today}: {looked} looked at, {changed} changed the last time.")
