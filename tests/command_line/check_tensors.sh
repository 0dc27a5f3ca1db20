#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# qscope tensors and dump: what they print, and that a file they write is whole and reads back.
source "$(dirname "$0")/common.sh" || exit 1
models=$data/models

# expect STATUS TEXT COMMAND...: the exit status, and a text that the output must hold.
expect() {
    local status=$1 text=$2 got=0 output
    shift 2
    output=$("$@" 2>&1) || got=$?
    [ "$got" = "$status" ] || wrong "$* ended with $got, not $status: $output"
    [[ $output == *"$text"* ]] || wrong "$* printed “$output” without “$text”"
}

expect 0 '"values": [-1.2918603420257568, 0.799659252166748' "$program" tensors "$models/npy/fortran_2d.npy" --values 2 --json
expect 0 '"values": [0.0, -0.0, "inf", "-inf", "nan"' "$program" tensors "$models/npy/specials_f4.npy" --values 8 --json
expect 0 '2 tensors, 96 values, 384 bytes' "$program" tensors "$models/safetensors/model.safetensors.index.json"
expect 0 '"dtype": "C64", "shape": [4], "layout": "C", "count": 4' "$program" tensors "$models/npy/complex64.npy" --values 3 --json
expect 1 'There is no such file' "$program" tensors "$scratch/nothing"
expect 2 'FILE is required' "$program" tensors

expect 0 '24 values, 4 × 6, written to' "$program" dump "$models/npy/fortran_2d.npy" array --output "$scratch/turned.npy"
[ "$(stat -c %s "$scratch/turned.npy")" = $((128 + 96)) ] || wrong "the dump of 24 floats is not 224 bytes long"
expect 0 '"layout": "C", "count": 24' "$program" tensors "$scratch/turned.npy" --json
turned=$("$program" tensors "$scratch/turned.npy" --json --values 24 | grep -o '"values".*')
original=$("$program" tensors "$models/npy/fortran_2d.npy" --json --values 24 | grep -o '"values".*')
[ -n "$turned" ] && [ "$turned" = "$original" ] || wrong "the dump does not hold the values of the original"

# An output appears whole or not at all, and never in place of the input.
cp "$models/npy/dtype_f4.npy" "$scratch/input.npy"
expect 2 'name another file' "$program" dump "$scratch/input.npy" array --output "$scratch/input.npy"
cmp "$models/npy/dtype_f4.npy" "$scratch/input.npy" || wrong "the input was written to"
expect 1 'holds no tensor' "$program" dump "$scratch/input.npy" weight --output "$scratch/none.npy"
expect 1 'not shown' "$program" dump "$models/npy/complex64.npy" array --output "$scratch/none.npy"
expect 1 'cannot be written' "$program" dump "$scratch/input.npy" array --output "$scratch/no-folder/none.npy"
[ "$(ls "$scratch" | wc -l)" = 2 ] || wrong "files were left behind: $(ls "$scratch")"
exit $failed
