#!/bin/sh
# Stands in for ptxas: reports as it does, and its cubin is its arguments.
report='ptxas info    : 0 bytes gmem
ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized due to the presence of Extern calls in the function '\''square'\''
ptxas info    : Compiling entry function '\''square'\'' for '\''sm_90a'\''
ptxas info    : Function properties for square
    64 bytes stack frame, 60 bytes spill stores, 48 bytes spill loads
ptxas info    : Used 168 registers, used 1 barriers, 64 bytes cumulative stack size, 1024 bytes smem
ptxas info    : Compile time = 12.317 ms'
case $0 in
*broken*) echo 'ptxas fatal   : Unresolved extern function' >&2; exit 1 ;;
*quiet*) ;;
*) printf '%s\n' "$report" >&2 ;;
esac
printf 'cubin of %s %s %s' "$1" "$2" "$3" > "$6"
