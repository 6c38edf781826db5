"""The systems that are compared, and the processes that run them."""

import dataclasses
import os
import pathlib
import selectors
import subprocess

HERE = pathlib.Path(__file__).resolve().parent

# What a format of weights is called in the column `precision`.
PRECISIONS = {"float32": "float32", "bfloat16": "bf16", "int8": "int8", "int8-8bit": "int8"}

# A prepare may have to pack or compile; nothing else takes long.
TIMEOUT_SECONDS = 120


@dataclasses.dataclass(frozen=True)
class System:
    name: str
    command: tuple
    environment: dict
    # The file without which it is not installed, and how to name it then.
    needs: pathlib.Path
    # The instruction set whose limit it is held against.
    forced: str = ""
    note: str = ""
    # The format of weights that it computes with, a key of PRECISIONS.
    format: str = "float32"
    # Whether it reads the task as an ONNX file.
    onnx: bool = False
    # Whether it has training steps, and whole epochs with loss and optimizer.
    trains: bool = False
    fits: bool = False
    # Whether it computes recurrent layers, and whether it computes a capture.
    recurs: bool = True
    captures: bool = False
    # Whether it steps streams that come and go, whose states do not lie side by side.
    pools: bool = False

    @property
    def ours(self):
        return self.name.startswith("recurrent")

    @property
    def precision(self):
        return PRECISIONS[self.format]

    def takes(self, shape):
        """The provider of large products makes no difference to single steps."""
        if not (self.captures if shape.captures else self.pools if shape.pools else self.recurs):
            return False
        if shape.trains and not (self.fits if shape.sequences else self.trains):
            return False
        return self.name != "recurrent-mkl" or not shape.streaming


def known(native, managed, dotnet_peers):
    """Every system, whether installed or not. `onednn-avx2` is what `recurrent-avx2` is compared with, and no peer
    of the others. `dotnet_peers` is where the peers that are packages of .NET were built, each in a folder."""
    dotnet = ("dotnet", str(managed))
    onnxruntime_dotnet = dotnet_peers / "OnnxRuntime.Peers" / "release" / "OnnxRuntime.Peers.dll"
    # The package's library is the native peer's too: both are the same version.
    onnxruntime = onnxruntime_dotnet.parent / "runtimes" / "linux-x64" / "native" / "libonnxruntime.so"
    torchsharp = dotnet_peers / "TorchSharp.Peers" / "release_linux-x64" / "TorchSharp.Peers.dll"
    api = "public C# API"
    learns = {"trains": True, "fits": True}

    mkl = pathlib.Path(os.environ.get("RECURRENT_MKL", ""), "libmkl_rt.so")

    def executable(name, stem, needs=None, environment=None, **more):
        path = native / f"{stem}_peer"
        return System(name, (str(path),), environment or {}, needs or path, **more)

    def ours(name, format, isa=""):
        note = f"{api}, {format}" + (", AVX2 forced" if isa else "")
        return System(name, dotnet, {"RECURRENT_ISA": isa} if isa else {}, managed, isa, note, format)

    return [
        System("recurrent", dotnet, {}, managed, note=api, captures=True, **learns),
        System("recurrent-sessions", (*dotnet, "--streams", "sessions"), {}, managed, note=api + ", a session for each stream",
               recurs=False, pools=True),
        System("recurrent-pool", (*dotnet, "--streams", "pool"), {}, managed, note=api + ", StreamPool", recurs=False, pools=True),
        System("recurrent-mkl", (*dotnet, "--gemm", "mkl"), {}, mkl, note=api + ", GemmProvider.Mkl", **learns),
        System("recurrent-avx2", dotnet, {"RECURRENT_ISA": "avx2"}, managed, "avx2", api + ", AVX2 forced",
               captures=True, **learns),
        executable("onednn", "onednn", trains=True),
        executable("libxsmm", "libxsmm"),
        System("pytorch", ("/usr/bin/python3", str(HERE / "pytorch_peer.py")), {"OPENBLAS_NUM_THREADS": "1"},
               pathlib.Path("/usr/lib/python3/dist-packages/torch"), **learns),
        executable("onnxruntime", "onnxruntime", onnxruntime, {"ONNXRUNTIME_LIBRARY": str(onnxruntime)}),
        System("onnxruntime-dotnet", ("dotnet", str(onnxruntime_dotnet)), {}, onnxruntime_dotnet, note="C#, memory bound",
               onnx=True, pools=True),
        System("torchsharp", ("dotnet", str(torchsharp)), {}, torchsharp, note="C#", **learns),
        executable("mkl-plain", "mkl_plain", mkl),
        executable("eigen", "eigen", recurs=False, captures=True),
        executable("onednn-avx2", "onednn", environment={"ONEDNN_MAX_CPU_ISA": "AVX2"}, forced="avx2",
                   note="AVX2 forced", trains=True),
        # Fewer bytes: the same shapes, held against their own limit and against our fp32.
        ours("recurrent-bf16", "bfloat16"),
        ours("recurrent-int8", "int8"),
        ours("recurrent-int8-8bit", "int8-8bit"),
        ours("recurrent-avx2-bf16", "bfloat16", "avx2"),
        ours("recurrent-avx2-int8", "int8", "avx2"),
        executable("onednn-bf16", "onednn", format="bfloat16", note="bf16 weights, inputs and states"),
        executable("onednn-int8", "onednn", format="int8", note="u8 inputs, quantized by the caller"),
        executable("onnxruntime-int8", "onnxruntime", onnxruntime, {"ONNXRUNTIME_LIBRARY": str(onnxruntime)},
                   format="int8", note="DynamicQuantizeLSTM"),
    ]


class PeerFailure(Exception):
    """A peer ended, hung or reported an error; its text says which."""


class Unsupported(Exception):
    """A peer cannot do a shape."""


class Unavailable(Exception):
    """A peer cannot run on this machine; its text says why."""


class Peer:
    """A process that speaks the protocol of README.md. It is started again after a failure."""

    def __init__(self, system):
        self.system = system
        self.version = ""
        self._process = None

    def ask(self, line):
        """Sends a line and returns what follows `ok`, or the whole answer."""
        if self._process is None:
            self._start()
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            self._end()
            raise PeerFailure(f"ended: {error}") from error
        answer = self._read()
        if answer.startswith("unsupported"):
            raise Unsupported(answer.removeprefix("unsupported").strip())
        if answer.startswith("error"):
            raise PeerFailure(answer)
        return answer

    def start(self):
        """Starts the process, so that a system that cannot run here is known before anything is timed."""
        if self._process is None:
            self._start()

    def close(self):
        if self._process is not None:
            self._end()

    def _start(self):
        self._process = subprocess.Popen(
            self.system.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **self.system.environment})
        ready = self._read()
        if ready.startswith("unavailable"):
            self._end()
            raise Unavailable(ready.removeprefix("unavailable").strip())
        if not ready.startswith("ready"):
            self._end()
            raise PeerFailure(f"did not start: {ready}")
        self.version = ready.removeprefix("ready").strip()

    def _read(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(TIMEOUT_SECONDS):
                self._end()
                raise PeerFailure(f"no answer in {TIMEOUT_SECONDS} s")
        answer = self._process.stdout.readline()
        if not answer:
            status = self._process.wait()
            self._process = None
            raise PeerFailure(f"ended with status {status}")
        return answer.strip()

    def _end(self):
        self._process.kill()
        self._process.wait()
        self._process = None
