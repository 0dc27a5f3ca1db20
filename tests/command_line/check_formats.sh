#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope decode and encode against tests/data/formats, line by line; exit statuses and mistakes.
source "$(dirname "$0")/common.sh" || exit 1
formats=$data/formats

# bytes FILE OFFSET COUNT WIDTH: COUNT little-endian numbers of WIDTH bytes, one a line, in hexadecimal.
bytes() {
    od -An -v -j "$2" -N $(($3 * $4)) -t "x$4" -w"$4" "$1" | tr -d ' '
}

declare -A roundings=([rne]=nearest-even [rna]=nearest-away [rtz]=toward-zero [rtp]=up [rtn]=down [rto]=to-odd)
columns_compared=0
while read -r file format input count width columns; do
    [ "$file" = "#" ] && continue
    input_width=4
    flag=--float32-bits
    if [ "$input" = f64 ]; then
        input_width=8
        flag=--float64-bits
    fi
    bytes "$formats/$file" 0 "$count" $input_width >"$scratch/inputs"
    offset=$((count * input_width))
    for column in $columns; do
        mode=${column#x_}
        overflow=ieee
        [ "${mode#*_}" = sat ] && overflow=saturate
        bytes "$formats/$file" $offset "$count" "$width" >"$scratch/expected"
        offset=$((offset + count * width))
        "$program" encode "$format" "$flag" --rounding "${roundings[${mode%%_*}]}" --overflow $overflow \
            <"$scratch/inputs" >"$scratch/printed" || wrong "encode $format $column ended with $?"
        # 0x and upper case; formats of fewer than 8 bits print one digit where that is enough.
        tr 'A-F' 'a-f' <"$scratch/printed" | sed 's/^0x//' |
            if [ "$format" = e2m1 ]; then sed 's/^/0/'; else cat; fi >"$scratch/codes"
        cmp -s "$scratch/codes" "$scratch/expected" ||
            wrong "encode $format $column: $(diff "$scratch/codes" "$scratch/expected" | grep -c '^<') codes differ"
        columns_compared=$((columns_compared + 1))
    done
done <"$formats/encode.txt"
[ $columns_compared -ge 250 ] || wrong "only $columns_compared columns were compared"

# Every code of the small formats: its value, as hexadecimal floats in the data, read back by encode --float64-bits.
while read -r format; do
    grep "^$format," "$formats/decode_small.csv" | cut -d, -f3 >"$scratch/expected"
    "$program" decode "$format" --all | cut -f2 >"$scratch/values" || wrong "decode $format ended with $?"
    # Both columns as FP64 codes: exact, and independent of how a value is written. The sign of NaN is nobody's.
    "$program" encode fp64 <"$scratch/values" >"$scratch/values.codes"
    "$program" encode fp64 <"$scratch/expected" >"$scratch/expected.codes"
    [ "$(wc -l <"$scratch/values.codes")" -ge 16 ] && cmp -s "$scratch/values.codes" "$scratch/expected.codes" ||
        wrong "decode $format --all differs from decode_small.csv"
done < <(tail -n +2 "$formats/decode_small.csv" | cut -d, -f1 | sort -u)

# FP16 decodes to the FP32 code that other libraries give (NaN aside).
bytes "$formats/decode_fp16.u32.bin" 0 65536 4 | tr 'a-f' 'A-F' | sed 's/^/0x/; s/^0x[7F]F[9A-F].*/nan/; s/^0x[7F]F8.*[1-9A-F].*/nan/' >"$scratch/expected"
"$program" decode fp16 --all | cut -f2 | "$program" encode fp32 | sed 's/^0x[7F]FC00000$/nan/' >"$scratch/printed"
cmp -s "$scratch/printed" "$scratch/expected" ||
    wrong "decode fp16 --all: $(diff "$scratch/printed" "$scratch/expected" | grep -c '^<') values differ"

[ "$("$program" decode tf32 --all | wc -l)" = 524288 ] || wrong "decode tf32 --all has not 2^19 lines"

# expect STATUS PATTERN COMMAND…: exit status, and one line on standard error.
expect() {
    local status=$1 pattern=$2
    shift 2
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    local got=$?
    [ $got = "$status" ] || wrong "$* ended with $got, not $status"
    [ -z "$pattern" ] || grep -q "$pattern" "$scratch/err" || wrong "$* said: $(cat "$scratch/err")"
}
expect 2 'no command "nonsense"' "$program" nonsense
expect 2 'no format "e9m9"' "$program" decode e9m9 0
expect 2 '32 bits\|19 significant' "$program" decode fp32 --all
expect 2 'does not fit' "$program" decode e4m3 0x100
expect 2 'no rounding' "$program" encode e4m3 1 --rounding sideways
expect 2 'Character 1' "$program" encode e4m3 xyz
expect 2 'beyond' "$program" encode e4m3 1e999999999
expect 2 '\-\-help' "$program" encode e4m3 1 --nonsense
expect 0 '' "$program" encode fp16
[ "$(echo 'oops' | "$program" encode e4m3 2>&1)" = "" ] && wrong "a bad line was taken"
expect 0 '' "$program" formats --json
[ "$("$program" encode e4m3 -1/3 -inf -pi | tr '\n' ' ')" = "0xAB 0xFE 0xC5 " ] || wrong "negative arguments"
[ "$("$program" encode uint8 1.5 --scale 0.5 --zero 128)" = 0x83 ] || wrong "scale and zero point"
"$program" number pi --formats fp32 --json | grep -q '"exact": "3.1415927410125732421875"' || wrong "number pi"

# Ctrl+C while waiting for input: 130, soon. Input comes from a pipe that stays open.
mkfifo "$scratch/input"
"$program" encode e4m3 <"$scratch/input" >/dev/null 2>&1 &
running=$!
exec 9>"$scratch/input"
sleep 0.3
kill -INT $running
for _ in $(seq 50); do
    kill -0 $running 2>/dev/null || break
    sleep 0.1
done
kill -KILL $running 2>/dev/null
wait $running
status=$?
exec 9>&-
[ $status = 130 ] || wrong "an interrupted encode ended with $status"
exit $failed
