"""A second opinion on bounds: the same program, solved by GLPK in rational numbers."""
import re
import shutil
import subprocess

AT_HAND = shutil.which("glpsol")


def write(path, a, b, objective, sense):
    """CPLEX's LP format; unknowns are not negative by default."""
    def sum_of(row):
        return " ".join(f"{'+' if v > 0 else '-'} {abs(v):.0f} x{c}" for c, v in zip(row.indices, row.data)) or "0 x0"

    a = a.tocsr()
    lines = [sense, " goal: " + sum_of(objective.tocsr()), "Subject To"]
    lines += [f" r{i}: {sum_of(a[i])} = {b[i]:.0f}" for i in range(a.shape[0])]
    path.write_text("\n".join(lines + ["End", ""]))


def bounds(folder, a, b, objective):
    """(least, greatest) of a sum of unknowns."""
    found = []
    for sense in ("Minimize", "Maximize"):
        program, answer = folder / "program.lp", folder / "answer.txt"
        write(program, a, b, objective, sense)
        run = subprocess.run([AT_HAND, "--lp", program, "--exact", "-o", answer], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout
        said = re.search(r"Objective:\s+goal = (\S+)", answer.read_text())
        assert "OPTIMAL" in answer.read_text(), answer.read_text()[:500]
        found.append(float(said.group(1)))
    return tuple(found)
