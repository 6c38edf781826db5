"""The table that a run prints."""


def _time(value):
    if value is None:
        return "–"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


class Table:
    """One line a shape: microseconds a step (or epoch), the best peer over ours, and ours against the limit."""

    def __init__(self, systems):
        self._systems = systems
        self._peers = [system.name for system in systems if not system.ours and not system.forced]

    def header(self):
        columns = "".join(f"{name:>19}" for name in (system.name for system in self._systems))
        return f"{'us per step':<48}{columns}{'best/ours':>11}{'limit':>10}{'of limit':>9}"

    def line(self, shape, results, limit):
        """`results` maps systems to microseconds a call."""
        columns = "".join(
            f"{_time(results[system.name] / shape.shown_steps if system.name in results else None):>19}"
            for system in self._systems)
        ours = results.get("recurrent")
        peers = [results[name] for name in self._peers if name in results]
        ratio = f"{min(peers) / ours:.2f}x" if ours and peers else "–"
        share = f"{100 * limit / ours:.0f} %" if ours and limit else "–"
        bound = _time(limit / shape.shown_steps if limit else None)
        return f"{shape.name:<48}{columns}{ratio:>11}{bound:>10}{share:>9}"
