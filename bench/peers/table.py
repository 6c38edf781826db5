"""The table that a run prints."""

PLAIN = "float32"


def _time(value):
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def _ratio(above, below):
    return f"{above / below:.2f}x" if above and below else "–"


def _share(row):
    return f"{100 * row['limit_us'] / row['us']:.0f} %" if row and row["limit_us"] else "–"


class Table:
    """One line a shape: microseconds a step (or epoch), the best peer over ours, and ours against the limit.

    Below it, one for each system of ours with weights of fewer bytes: beside our fp32, the peers of the same precision,
    and the limit of such weights.
    """

    def __init__(self, systems):
        self._systems = [system for system in systems if system.precision == PLAIN]
        self._others = [system for system in systems if system.precision != PLAIN]
        self._peers = [system.name for system in self._systems if not system.ours and not system.forced]

    def header(self):
        columns = "".join(f"{name:>19}" for name in (system.name for system in self._systems))
        return f"{'us per step':<48}{columns}{'best/ours':>11}{'limit':>10}{'of limit':>9}"

    def lines(self, shape, rows):
        """`rows` maps systems to their rows."""
        def step(name):
            return rows[name]["us"] / shape.shown_steps if name in rows else None

        name = "recurrent-pool" if shape.pools else "recurrent"
        ours = rows.get(name)
        best = min((step(name) for name in self._peers if name in rows), default=None)
        columns = "".join(f"{_time(step(system.name)):>19}" for system in self._systems)
        yield (f"{shape.name:<48}{columns}{_ratio(best, step(name)):>11}{self._limit(shape, ours):>10}"
               f"{_share(ours):>9}")
        for system in self._others:
            if system.name in rows:
                yield f"  {system.name:<22}{_time(step(system.name)):>9}{self._beside(system, shape, rows, step)}"

    @staticmethod
    def _limit(shape, row):
        return _time(row["limit_us"] / shape.shown_steps if row and row["limit_us"] else None)

    def _beside(self, system, shape, rows, step):
        if not system.ours:
            return ""
        plain = "recurrent-avx2" if system.forced else "recurrent"
        text = f"   {_ratio(step(plain), step(system.name))} of {plain}"
        peers = {other.name: step(other.name) for other in self._others
                 if other.precision == system.precision and not other.ours and not system.forced and other.name in rows}
        if peers:
            best = min(peers, key=peers.get)
            text += f"; {best} takes {_ratio(peers[best], step(system.name))}"
        row = rows[system.name]
        return f"{text}; limit {self._limit(shape, row)}, {_share(row)}"
