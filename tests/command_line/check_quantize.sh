#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qscope stats, histogram, schemes, quantize and calibrate: keys, files written, refusals.
source "$(dirname "$0")/common.sh" || exit 1

json=$("$program" quantize --synthetic normal,count=65536,seed=3 --scheme int4,group=64,scale=fp16 \
       --output "$scratch/x.npy" --codes "$scratch/codes" --scales "$scratch/scales" --json) || wrong "quantize failed"
keys quantize scheme count bitsPerWeight bytes mse rmse sqnrDb maxAbsError cosine clippedShare levelsUsed scales <<<"$json"
grep -q '"bitsPerWeight": 4.25' <<<"$json" || wrong "int4 per 64 with FP16 scales is 4.25 bits"
[ "$(stat -c %s "$scratch/codes")" = 32768 ] || wrong "two codes a byte"
[ "$(stat -c %s "$scratch/scales")" = 2048 ] || wrong "one FP16 scale per 64"
[ "$(stat -c %s "$scratch/x.npy")" = $((65536 * 4 + 128)) ] || wrong "the NPY has a header and FP32 values"

stats=$("$program" stats "$scratch/x.npy" --json) || wrong "stats failed"
keys stats tensors name count min max mean std absmax kurtosis zeros subnormals nan inf outliers quantiles <<<"$stats"
# One reading tells the same ends, mean and deviation, and nothing else.
brief=$("$program" stats --brief "$scratch/x.npy" --json) || wrong "stats --brief failed"
for key in name count min max mean std absmax nan inf; do
  [ "$(grep "\"$key\"" <<<"$brief" | tr -d , | cut -c1-28)" = "$(grep "\"$key\"" <<<"$stats" | tr -d , | cut -c1-28)" ] || wrong "stats --brief says another $key"
done
grep -q quantiles <<<"$brief" && wrong "stats --brief has quantiles"
"$program" quantize "$scratch/x.npy" array --scheme int8,block=16x16 --json | grep -q '"scales": ' || wrong "blocks of rows and columns"
"$program" histogram "$scratch/x.npy" array --bins 8 --range=-0.1,0.1 --json | grep -q '"underflow"' || wrong "histogram"
"$program" schemes --json | grep -q '"mxfp4"' || wrong "schemes"
"$program" calibrate "$scratch/x.npy" array --bits 4 --json | grep -q '"mse"' || wrong "calibrate"
for bits in 1 8 16; do
  calibrated=$("$program" calibrate --synthetic laplace,count=40000 --bits $bits --json) || wrong "calibrate to $bits bits"
  for method in minmax percentile:99.9 mse kl aciq aciq:laplace aciq:gauss moving-average curve; do
    grep -q "\"method\": \"$method\"" <<<"$calibrated" || wrong "calibrate to $bits bits has no $method"
  done
done

# A 4-bit element code a byte and a scale code a byte for MX; the file of scales of other schemes.
sizes() { "$program" quantize --synthetic student,count=4096 --scheme "$1" --codes "$scratch/codes" --scales "$scratch/scales" --json >"$scratch/json" || wrong "$1"
  echo "$(stat -c %s "$scratch/codes") $(stat -c %s "$scratch/scales")"; }
expect() { [ "$(sizes "$1")" = "$2" ] || wrong "$1 writes codes and scales of $(sizes "$1") bytes, not $2"; }
expect mxfp4 "4096 128"
expect mxfp8_e5m2,scale-rule=rceil "4096 128"
expect nvfp4 "2048 260"
# The MX name spelled out has its scales, byte for byte; E4M3 takes whole bytes, so its codes too but for the sign of a 0.
expect mxfp8_e4m3,scale-rule=even "4096 128"; mv "$scratch/scales" "$scratch/mx_scales"
expect e4m3,group=32,scale=e8m0,scale-rule=even "4096 128"
cmp -s "$scratch/scales" "$scratch/mx_scales" || wrong "scales by scale-rule are those of MX"
"$program" quantize --synthetic normal,count=64 --scheme int4,group=32,scale-rule=even 2>"$scratch/error"; [ $? = 2 ] || wrong "a rule needs a power of two"
grep -q "scale=e8m0" "$scratch/error" || wrong "the sentence says what to add"
expect int1 "512 4"
expect int4,asymmetric,group=32,scale=fp16 "2048 384"
expect int4,group=16,scale=e4m3,tensor-scale=fp32 "2048 260"
expect levels=16,fit=lloyd "2048 64"
grep -q '"gapDb"' "$scratch/json" || wrong "what the best levels would gain"
expect levels=-0.05:0:0.05 "1024 12"
one=$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=5 --json)
[ "$one" = "$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=5 --json)" ] || wrong "a seed repeats"
[ "$one" != "$("$program" quantize --synthetic normal,count=1000 --scheme int4,rounding=stochastic,seed=6 --json)" ] || wrong "another seed differs"
refused 2 "one file for two things" "$program" quantize --synthetic normal,count=10 --scheme int8 --codes "$scratch/same" --scales "$scratch/same"

"$program" quantize "$scratch/x.npy" array --scheme int99 2>"$scratch/error"; [ $? = 2 ] || wrong "an unknown element is wrong usage"
grep -q int99 "$scratch/error" || wrong "the sentence names the element"
refused 1 "an unknown tensor cannot be done" "$program" quantize "$scratch/x.npy" nothing --scheme int8
refused 2 "the input is never overwritten" "$program" quantize "$scratch/x.npy" array --scheme int8 --output "$scratch/x.npy"
exit $failed
