#!/bin/sh
# Exits with 1 where the fault is still there: IR that is valid and has a window.
rdattn-opt "$1" 2> /dev/null | grep -q window && exit 1
exit 0
