"""The other side of scripts/bench.d/worker.lua: the same commands, for a function that builds what is to be called."""
import re
import sys
import time

MOST_CALLS = 20000


def peak_memory():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM"))


def run(call, seconds):
    times = []
    last = began = time.perf_counter()
    while last - began < seconds and len(times) < MOST_CALLS:
        call()
        now = time.perf_counter()
        times.append(now - last)
        last = now
    return " ".join(f"{t * 1e3:.6f}" for t in times)


def read_layers(text):
    """A layer of models.lua as (kind, units, activation)."""
    for layer in text.split(","):
        kind, units, activation = re.fullmatch(r"([a-z_]+)-?(\d*)-?([a-z]*)", layer).groups()
        yield kind, int(units or 0), activation or None


def serve(build):
    """build(shape, batch, layers) -> call(), which is over when it returns."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    prepared = {}
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "prepare":
            name, shape, batch, layers = rest
            prepared[name] = build([int(n) for n in shape.split(",")], int(batch), list(read_layers(layers)))
            for _ in range(5):
                prepared[name]()
            answer = "ready"
        elif command == "run":
            answer = run(prepared[rest[0]], float(rest[1]))
        else:
            answer = peak_memory()
        print(answer, file=answers, flush=True)
