#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope stats, histogram, schemes, quantize and calibrate: keys, files written, refusals.
set -u
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
wrong() { echo "wrong: $*"; failed=1; }

json=$("$program" quantize --synthetic normal,count=65536,seed=3 --scheme int4,group=64,scale=fp16 \
       --output "$folder/x.npy" --codes "$folder/codes" --scales "$folder/scales" --json) || wrong "quantize failed"
for key in scheme count bitsPerWeight bytes mse rmse sqnrDb maxAbsError cosine clippedShare levelsUsed scales; do
  grep -q "\"$key\"" <<<"$json" || wrong "quantize has no $key"
done
grep -q '"bitsPerWeight": 4.25' <<<"$json" || wrong "int4 per 64 with FP16 scales is 4.25 bits"
[ "$(stat -c %s "$folder/codes")" = 32768 ] || wrong "two codes a byte"
[ "$(stat -c %s "$folder/scales")" = 2048 ] || wrong "one FP16 scale per 64"
[ "$(stat -c %s "$folder/x.npy")" = $((65536 * 4 + 128)) ] || wrong "the NPY has a header and FP32 values"

stats=$("$program" stats "$folder/x.npy" --json) || wrong "stats failed"
for key in tensors name count min max mean std absmax kurtosis zeros subnormals nan inf outliers quantiles; do
  grep -q "\"$key\"" <<<"$stats" || wrong "stats has no $key"
done
# One reading tells the same ends, mean and deviation, and nothing else.
brief=$("$program" stats --brief "$folder/x.npy" --json) || wrong "stats --brief failed"
for key in name count min max mean std absmax nan inf; do
  [ "$(grep "\"$key\"" <<<"$brief" | tr -d , | cut -c1-28)" = "$(grep "\"$key\"" <<<"$stats" | tr -d , | cut -c1-28)" ] || wrong "stats --brief says another $key"
done
grep -q quantiles <<<"$brief" && wrong "stats --brief has quantiles"
"$program" quantize "$folder/x.npy" array --scheme int8,block=16x16 --json | grep -q '"scales": ' || wrong "blocks of rows and columns"
"$program" histogram "$folder/x.npy" array --bins 8 --range=-0.1,0.1 --json | grep -q '"underflow"' || wrong "histogram"
"$program" schemes --json | grep -q '"mxfp4"' || wrong "schemes"
"$program" calibrate "$folder/x.npy" array --bits 4 --json | grep -q '"mse"' || wrong "calibrate"
for bits in 1 8 16; do
  calibrated=$("$program" calibrate --synthetic laplace,count=40000 --bits $bits --json) || wrong "calibrate to $bits bits"
  for method in minmax percentile:99.9 mse kl aciq aciq:laplace aciq:gauss moving-average curve; do
    grep -q "\"method\": \"$method\"" <<<"$calibrated" || wrong "calibrate to $bits bits has no $method"
  done
done

# A 4-bit element code a byte and a scale code a byte for MX; the file of scales of other schemes.
sizes() { "$program" quantize --synthetic student,count=4096 --scheme "$1" --codes "$folder/codes" --scales "$folder/scales" --json >"$folder/json" || wrong "$1"
  echo "$(stat -c %s "$folder/codes") $(stat -c %s "$folder/scales")"; }
expect() { [ "$(sizes "$1")" = "$2" ] || wrong "$1 writes codes and scales of $(sizes "$1") bytes, not $2"; }
expect mxfp4 "4096 128"
expect mxfp8_e5m2,scale-rule=rceil "4096 128"
expect nvfp4 "2048 260"
expect int1 "512 4"
expect int4,asymmetric,group=32,scale=fp16 "2048 384"
expect int4,group=16,scale=e4m3,tensor-scale=fp32 "2048 260"
expect levels=16,fit=lloyd "2048 64"
grep -q '"gapDb"' "$folder/json" || wrong "what the best levels would gain"
expect levels=-0.05:0:0.05 "1024 12"
one=$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=5 --json)
[ "$one" = "$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=5 --json)" ] || wrong "a seed repeats"
[ "$one" != "$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=6 --json)" ] || wrong "another seed differs"
"$program" quantize --synthetic normal,count=10 --scheme int8 --codes "$folder/same" --scales "$folder/same" 2>/dev/null; [ $? = 2 ] || wrong "one file for two things"

"$program" quantize "$folder/x.npy" array --scheme int99 2>"$folder/error"; [ $? = 2 ] || wrong "an unknown element is wrong usage"
grep -q int99 "$folder/error" || wrong "the sentence names the element"
"$program" quantize "$folder/x.npy" nothing --scheme int8 2>/dev/null; [ $? = 1 ] || wrong "an unknown tensor cannot be done"
"$program" quantize "$folder/x.npy" array --scheme int8 --output "$folder/x.npy" 2>/dev/null; [ $? = 2 ] || wrong "the input is never overwritten"
exit $failed
