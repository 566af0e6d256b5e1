"""Arrays of other libraries on CUDA devices, such as JAX's and Numba's, as torch tensors.

Nothing is copied. What comes in by DLPack or by __cuda_array_interface__ is ordered before the
work that follows on torch's current stream, and kept until that work is done.
"""

from __future__ import annotations

from collections import deque
from importlib import import_module
from typing import Any

from ._errors import Error

_CUDA_DEVICES = (2, 13)  # kDLCUDA and kDLCUDAManaged


def adopt(name: str, kind: str, x: Any) -> Any:
    """``x`` as a torch tensor.

    Raises:
        ValueError: it lies elsewhere.
        Error: torch, which makes the results, is not installed.
    """
    try:
        torch = import_module("torch")
    except ImportError:
        raise Error(
            f"{name} is {kind}, for which results are torch tensors, but torch is not installed"
        ) from None
    if not hasattr(x, "__dlpack_device__"):
        return _from_interface(x, torch)
    if x.__dlpack_device__()[0] not in _CUDA_DEVICES:
        raise ValueError(
            f"{name} is {kind} that is not on a CUDA device; pass it as a NumPy array or a "
            "torch tensor"
        )
    return torch.from_dlpack(x)


def _from_interface(x: Any, torch: Any) -> Any:
    interface = x.__cuda_array_interface__
    tensor = _where_it_lies(x, interface["data"][0], torch)
    stream = interface.get("stream")
    current = torch.cuda.current_stream(tensor.device)
    # 1 is the legacy default stream, which torch calls 0.
    if stream is not None and stream != (current.cuda_stream or 1):
        current.wait_stream(torch.cuda.ExternalStream(stream, device=tensor.device))
    return tensor


def _where_it_lies(x: Any, address: int, torch: Any) -> Any:
    """The interface does not name the device, and torch copies to any other that is asked for."""
    current = torch.cuda.current_device()
    others = (i for i in range(torch.cuda.device_count()) if i != current)
    for index in (current, *others):
        tensor = torch.as_tensor(x, device=torch.device("cuda", index))
        if tensor.data_ptr() == address:
            break
    return tensor


_held: deque[tuple[Any, Any]] = deque()
"""(event, tensors) of what the devices may still read."""


def hold(tensors: tuple[Any, ...]) -> None:
    """Keeps ``tensors`` until what their device's current stream holds is done.

    Their library may hand out the memory again on a stream that knows nothing of ours.
    """
    torch = import_module("torch")
    while _held and _held[0][0].query():
        _held.popleft()
    with torch.cuda.device(tensors[0].device):
        if torch.cuda.is_current_stream_capturing():
            return  # who replays the graph keeps its inputs
        event = torch.cuda.Event()
        event.record()
        _held.append((event, tensors))
