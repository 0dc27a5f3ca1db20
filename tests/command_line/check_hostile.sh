#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every file of tests/data/hostile: a sentence or the right tensors, in time and in little memory.
# Usage: check_hostile.sh QSCOPE DATA [options of the judge, such as --slack 3 --rss-slack 3]
set -euo pipefail
program=$1
data=$2
shift 2
command -v python3 >/dev/null || { echo "The judge of the hostile files needs python3."; exit 77; }
exec python3 "$data/hostile/run_hostile.py" --dir "$data/hostile" --kinds safetensors,npy,index,gguf \
    --open "'$program' tensors {file} --json --values 8" --read "'$program' stats {file} --json" "$@"
