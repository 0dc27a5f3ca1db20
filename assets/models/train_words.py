# SPDX-License-Identifier: Apache-2.0
"""Train the sample model: a small character transformer that invents English words.

    /usr/bin/python3 train_words.py --output words.safetensors

needs PyTorch, NumPy and a word list with one word a line (Debian: the packages
python3-torch and wamerican). Everything that follows training reads the saved
file again and uses the NumPy model below in double precision, so what is
printed describes the file, not the state of the trainer:

    /usr/bin/python3 train_words.py --describe words.safetensors
    /usr/bin/python3 train_words.py --describe words.safetensors --reference words.reference.json
    /usr/bin/python3 train_words.py --word-lists .

One thread, a fixed seed and PyTorch's deterministic algorithms make a run
repeat bit for bit on the same processor with the same libraries. Another
processor may select other matrix kernels, round differently and end at
slightly different weights.
"""

import argparse
import hashlib
import json
import math
import os
import re
import struct
import sys
import tempfile
import time

# Before NumPy and PyTorch load the BLAS library: the order of its sums depends
# on the number of threads, and so would the last bits of the weights.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import numpy  # noqa: E402

# Training data
DEFAULT_WORD_LIST = "/usr/share/dict/american-english"
SHORTEST_WORD = 2
LONGEST_WORD = 20
HELD_OUT_ONE_IN = 20

# Architecture
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
MARKER = 0  # begins every word as input and ends it as output
VOCABULARY_SIZE = 1 + len(ALPHABET)
CONTEXT = LONGEST_WORD + 1
WIDTH = 128
HEADS = 4
BLOCKS = 5
FEED_FORWARD = 4 * WIDTH
NORM_EPSILON = 1e-5

# Optimisation
SEED = 20240229
STEPS = 6000
WORDS_PER_STEP = 160
PEAK_LEARNING_RATE = 3e-3
FINAL_LEARNING_RATE = 3e-5
WARM_UP_STEPS = 300
WEIGHT_DECAY = 0.01
ADAM_BETAS = (0.9, 0.95)
GRADIENT_NORM_LIMIT = 1.0
DROPOUT = 0.1
INITIAL_STANDARD_DEVIATION = 0.02
BATCHES_SORTED_TOGETHER = 20
REPORT_EVERY = 250

# What is shown of the finished model
SHOWN_SAMPLES = 30
COUNTED_SAMPLES = 1000
SAMPLE_SEED = 7
REFERENCE_WORDS = ("quantize", "the", "strengthening", "jazz", "brimbleness")
REFERENCE_HELD_OUT_WORDS = 500
CALIBRATION_WORDS = 512

TITLE = "Quantoscope sample: a character model that invents English words"
LICENCE = "Apache-2.0"


# ---------------------------------------------------------------- words


def read_words(path):
    """The words of lower-case ASCII letters of acceptable length, in file order."""
    pattern = re.compile("[a-z]{%d,%d}" % (SHORTEST_WORD, LONGEST_WORD))
    with open(path, encoding="utf-8") as file:
        lines = (line.rstrip("\n") for line in file)
        return list(dict.fromkeys(line for line in lines if pattern.fullmatch(line)))


def split_words(words):
    """Training words in file order and held-out words in the order of their hash.

    Whether a word is held out depends on that word alone, so that another order
    or another edition of the list keeps the split. Hash order makes any prefix
    of the held-out words a fair sample; in file order it would be words in "a".
    """
    training = []
    held_out = []
    for word in words:
        number = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        if number % HELD_OUT_ONE_IN == 0:
            held_out.append((number, word))
        else:
            training.append(word)
    return training, [word for number, word in sorted(held_out)]


def encode(word):
    return [1 + ALPHABET.index(letter) for letter in word]


def padded_arrays(words):
    """Inputs (marker, letters) and targets (letters, marker), short words padded.

    Padding stands to the right, where causal attention never reaches it from a
    real position; its targets are -1 and count for nothing.
    """
    length = max(map(len, words)) + 1
    inputs = numpy.full((len(words), length), MARKER, dtype=numpy.int64)
    targets = numpy.full((len(words), length), -1, dtype=numpy.int64)
    for row, word in enumerate(words):
        tokens = encode(word)
        inputs[row, 1 : len(word) + 1] = tokens
        targets[row, : len(word)] = tokens
        targets[row, len(word)] = MARKER
    return inputs, targets


# ---------------------------------------------------------------- safetensors


def tensor_shapes():
    """Name and shape of every tensor in file order; matrices are [output, input]."""
    shapes = {
        "token_embd.weight": (VOCABULARY_SIZE, WIDTH),
        "position_embd.weight": (CONTEXT, WIDTH),
    }
    for block in range(BLOCKS):
        prefix = "blk.%d." % block
        shapes[prefix + "attn_norm.weight"] = (WIDTH,)
        shapes[prefix + "attn_q.weight"] = (WIDTH, WIDTH)
        shapes[prefix + "attn_k.weight"] = (WIDTH, WIDTH)
        shapes[prefix + "attn_v.weight"] = (WIDTH, WIDTH)
        shapes[prefix + "attn_output.weight"] = (WIDTH, WIDTH)
        shapes[prefix + "ffn_norm.weight"] = (WIDTH,)
        shapes[prefix + "ffn_up.weight"] = (FEED_FORWARD, WIDTH)
        shapes[prefix + "ffn_down.weight"] = (WIDTH, FEED_FORWARD)
    shapes["output_norm.weight"] = (WIDTH,)
    shapes["output.weight"] = (VOCABULARY_SIZE, WIDTH)
    return shapes


def write_safetensors(path, tensors, metadata):
    """Write FP32 tensors: header length, JSON header, then the data without gaps."""
    header = {"__metadata__": metadata}
    offset = 0
    for name, values in tensors.items():
        size = values.size * 4
        header[name] = {
            "dtype": "F32",
            "shape": list(values.shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # the data begins at a multiple of 8

    def write(file):
        file.write(struct.pack("<Q", len(encoded)))
        file.write(encoded)
        for values in tensors.values():
            file.write(numpy.ascontiguousarray(values, dtype="<f4").tobytes())

    write_atomically(path, write)


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(content[begin:end], dtype="<f4")
        tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata


def write_atomically(path, write):
    """Let `write` fill a new file beside `path`, then put it in place in one step."""
    folder = os.path.dirname(os.path.abspath(path))
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".words-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


# ---------------------------------------------------------------- the model in NumPy


class DoubleModel:
    """Inference in double precision, written without PyTorch and for reading."""

    def __init__(self, tensors):
        self.tensors = {name: values.astype(numpy.float64) for name, values in tensors.items()}

    def normalise(self, hidden, name):
        mean_square = numpy.mean(hidden * hidden, axis=-1, keepdims=True)
        return hidden / numpy.sqrt(mean_square + NORM_EPSILON) * self.tensors[name]

    def split_heads(self, hidden):
        rows, length, _ = hidden.shape
        return hidden.reshape(rows, length, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)

    def attention(self, hidden, prefix):
        rows, length, _ = hidden.shape
        query = self.split_heads(hidden @ self.tensors[prefix + "attn_q.weight"].T)
        key = self.split_heads(hidden @ self.tensors[prefix + "attn_k.weight"].T)
        value = self.split_heads(hidden @ self.tensors[prefix + "attn_v.weight"].T)
        scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(WIDTH // HEADS)
        future = numpy.triu(numpy.ones((length, length), dtype=bool), 1)
        scores[:, :, future] = -numpy.inf
        weights = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        return mixed @ self.tensors[prefix + "attn_output.weight"].T

    def feed_forward(self, hidden, prefix):
        inner = hidden @ self.tensors[prefix + "ffn_up.weight"].T
        inner = numpy.square(numpy.maximum(inner, 0.0))
        return inner @ self.tensors[prefix + "ffn_down.weight"].T

    def log_probabilities(self, inputs):
        """Natural logarithms of the next symbol's probabilities, [rows, length, 27]."""
        length = inputs.shape[1]
        hidden = self.tensors["token_embd.weight"][inputs]
        hidden = hidden + self.tensors["position_embd.weight"][:length]
        for block in range(BLOCKS):
            prefix = "blk.%d." % block
            hidden = hidden + self.attention(
                self.normalise(hidden, prefix + "attn_norm.weight"), prefix
            )
            hidden = hidden + self.feed_forward(
                self.normalise(hidden, prefix + "ffn_norm.weight"), prefix
            )
        hidden = self.normalise(hidden, "output_norm.weight")
        logits = hidden @ self.tensors["output.weight"].T
        logits -= logits.max(axis=-1, keepdims=True)
        return logits - numpy.log(numpy.exp(logits).sum(axis=-1, keepdims=True))

    def word_log_probabilities(self, words):
        """One array a word: the log-probability of each letter and of the end marker."""
        result = []
        for begin in range(0, len(words), 256):
            chunk = words[begin : begin + 256]
            inputs, targets = padded_arrays(chunk)
            table = self.log_probabilities(inputs)
            for row, word in enumerate(chunk):
                positions = numpy.arange(len(word) + 1)
                result.append(table[row, positions, targets[row, : len(word) + 1]])
        return result

    def nats_per_symbol(self, words):
        """Mean loss over all letters and end markers of `words`."""
        return -float(numpy.mean(numpy.concatenate(self.word_log_probabilities(words))))

    def sample(self, count, generator):
        """Invent `count` words at temperature 1; LONGEST_WORD letters end a word too."""
        words = [""] * count
        unfinished = list(range(count))
        while unfinished:
            rows = [[MARKER] + encode(words[index]) for index in unfinished]
            last = self.log_probabilities(numpy.array(rows))[:, -1, :]
            # Adding Gumbel noise and taking the maximum draws from the softmax.
            drawn = numpy.argmax(last + generator.gumbel(size=last.shape), axis=-1)
            remaining = []
            for index, symbol in zip(unfinished, drawn):
                if symbol == MARKER:
                    continue
                words[index] += ALPHABET[symbol - 1]
                if len(words[index]) < LONGEST_WORD:
                    remaining.append(index)
            unfinished = remaining
        return words


# ---------------------------------------------------------------- training


def training_batches(words, random):
    """Endless batches of words of similar length, in an order drawn by `random`.

    Sorting a pool of batches by length before cutting it saves about half of
    the arithmetic, which would otherwise go into padding.
    """
    pool_size = WORDS_PER_STEP * BATCHES_SORTED_TOGETHER
    pool = []
    while True:
        while len(pool) < pool_size:
            pool.extend(words[index] for index in random.permutation(len(words)))
        taken, pool = sorted(pool[:pool_size], key=len), pool[pool_size:]
        for batch in random.permutation(BATCHES_SORTED_TOGETHER):
            yield padded_arrays(taken[batch * WORDS_PER_STEP : (batch + 1) * WORDS_PER_STEP])


def learning_rate(step, steps):
    """Linear warm-up, then half a cosine down to the final rate."""
    if step < WARM_UP_STEPS:
        return PEAK_LEARNING_RATE * (step + 1) / WARM_UP_STEPS
    progress = (step - WARM_UP_STEPS) / max(1, steps - WARM_UP_STEPS)
    span = PEAK_LEARNING_RATE - FINAL_LEARNING_RATE
    return FINAL_LEARNING_RATE + span * 0.5 * (1.0 + math.cos(math.pi * progress))


def train(training, held_out, steps):
    """Train and return the tensors as FP32 NumPy arrays."""
    import torch
    from torch.nn import functional

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    random = numpy.random.Generator(numpy.random.PCG64(SEED))

    # Layers that write to the residual stream start smaller, so that its spread
    # does not grow with the number of blocks.
    writer_scale = 1.0 / math.sqrt(2 * BLOCKS)
    parameters = {}
    for name, shape in tensor_shapes().items():
        values = torch.ones(shape)
        if len(shape) == 2:
            values = torch.randn(shape) * INITIAL_STANDARD_DEVIATION
            if "attn_output" in name or "ffn_down" in name:
                values *= writer_scale
        parameters[name] = values.requires_grad_()

    # Only matrices decay: pulling norm gains or embeddings to zero has no use.
    matrices = [v for n, v in parameters.items() if n.startswith("blk.") and v.dim() == 2]
    others = [v for n, v in parameters.items() if not (n.startswith("blk.") and v.dim() == 2)]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": WEIGHT_DECAY},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=PEAK_LEARNING_RATE,
        betas=ADAM_BETAS,
    )

    future = torch.triu(torch.ones(CONTEXT, CONTEXT, dtype=torch.bool), 1)

    def normalise(hidden, gain):
        mean_square = hidden.square().mean(-1, keepdim=True)
        return hidden * torch.rsqrt(mean_square + NORM_EPSILON) * gain

    def loss_of(inputs, targets, dropout):
        inputs = torch.from_numpy(inputs)
        targets = torch.from_numpy(targets)
        rows, length = inputs.shape
        hidden = parameters["token_embd.weight"][inputs]
        hidden = hidden + parameters["position_embd.weight"][:length]
        hidden = functional.dropout(hidden, dropout)
        for block in range(BLOCKS):
            prefix = "blk.%d." % block

            def weight(name):
                return parameters[prefix + name + ".weight"]

            def split_heads(values):
                return values.view(rows, length, HEADS, WIDTH // HEADS).transpose(1, 2)

            normal = normalise(hidden, weight("attn_norm"))
            query = split_heads(functional.linear(normal, weight("attn_q")))
            key = split_heads(functional.linear(normal, weight("attn_k")))
            value = split_heads(functional.linear(normal, weight("attn_v")))
            scores = query @ key.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
            scores = scores.masked_fill(future[:length, :length], -math.inf)
            mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, length, WIDTH)
            update = functional.linear(mixed, weight("attn_output"))
            hidden = hidden + functional.dropout(update, dropout)

            normal = normalise(hidden, weight("ffn_norm"))
            inner = functional.linear(normal, weight("ffn_up")).relu().square()
            update = functional.linear(inner, weight("ffn_down"))
            hidden = hidden + functional.dropout(update, dropout)
        hidden = normalise(hidden, parameters["output_norm.weight"])
        logits = functional.linear(hidden, parameters["output.weight"])
        return functional.cross_entropy(
            logits.view(-1, VOCABULARY_SIZE), targets.view(-1), ignore_index=-1
        )

    held_out_batch = padded_arrays(held_out[:1000])
    batches = training_batches(training, random)
    started = time.monotonic()
    recent = []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps)
        loss = loss_of(*next(batches), DROPOUT)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), GRADIENT_NORM_LIMIT)
        optimizer.step()
        recent.append(loss.item())
        if (step + 1) % REPORT_EVERY == 0 or step + 1 == steps:
            with torch.no_grad():
                held_out_loss = loss_of(*held_out_batch, 0.0).item()
            print(
                "step %5d  training %.4f  held-out (1000 words) %.4f nats  %4.0f s"
                % (step + 1, sum(recent) / len(recent), held_out_loss, time.monotonic() - started),
                flush=True,
            )
            recent = []
    print("PyTorch %s, NumPy %s" % (torch.__version__, numpy.__version__))
    return {name: values.detach().numpy() for name, values in parameters.items()}


# ---------------------------------------------------------------- reports


def metadata_for(steps, training, held_out, nats):
    return {
        "title": TITLE,
        "format": "pt",  # the matrices are stored as PyTorch stores them: [output, input]
        "architecture": "pre-norm decoder-only transformer, RMSNorm, learned positions, no biases",
        "width": str(WIDTH),
        "heads": str(HEADS),
        "blocks": str(BLOCKS),
        "feed_forward": str(FEED_FORWARD),
        "context": str(CONTEXT),
        "activation": "relu_squared",
        "norm_eps": "1e-5",
        "vocabulary": "." + ALPHABET,
        "marker": "index 0 ('.') begins and ends a word",
        "seed": str(SEED),
        "training_steps": str(steps),
        "training_words": str(len(training)),
        "held_out_words": str(len(held_out)),
        "held_out_loss_nats": "%.6f" % nats,
        "held_out_bits_per_character": "%.6f" % (nats / math.log(2.0)),
        "training_data": "Debian wamerican 2020.12.07-2 (SCOWL), lower-case words",
        "licence": LICENCE,
    }


def describe(path, words, training, held_out):
    """Print the tensor table, the held-out loss and samples of the model in `path`."""
    tensors, metadata = read_safetensors(path)
    for key, value in metadata.items():
        print("%s: %s" % (key, value))
    print()
    print("| Tensor | Shape | Std | Abs max | Excess kurtosis |")
    print("|---|---|---:|---:|---:|")
    for name, values in tensors.items():
        flat = values.astype(numpy.float64).ravel()
        centred = flat - flat.mean()
        variance = numpy.mean(centred**2)
        kurtosis = numpy.mean(centred**4) / variance**2 - 3.0
        shape = " × ".join(map(str, values.shape))
        print(
            "| `%s` | %s | %.4f | %.3f | %.2f |"
            % (name, shape, math.sqrt(variance), numpy.abs(flat).max(), kurtosis)
        )
    print("\n%d weights" % sum(values.size for values in tensors.values()))

    model = DoubleModel(tensors)
    for label, part in (("held-out", held_out), ("training", training[::HELD_OUT_ONE_IN])):
        nats = model.nats_per_symbol(part)
        print(
            "%d %s words: %.6f nats or %.6f bits per character"
            % (len(part), label, nats, nats / math.log(2.0))
        )

    samples = model.sample(COUNTED_SAMPLES, numpy.random.Generator(numpy.random.PCG64(SAMPLE_SEED)))
    listed = set(words)
    new = [word for word in samples if word not in listed]
    print("%.1f %% of %d samples are not in the list" % (100.0 * len(new) / len(samples), len(samples)))
    print("first samples:", " ".join(samples[:SHOWN_SAMPLES]))
    print("first new ones:", " ".join(new[:SHOWN_SAMPLES]))


def write_reference(path, model_path, held_out):
    """Write what another implementation must reproduce from the saved model."""
    with open(model_path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    model = DoubleModel(read_safetensors(model_path)[0])

    def rounded(values):
        return [float("%.9f" % value) for value in values]

    chosen = held_out[:REFERENCE_HELD_OUT_WORDS]
    nats = model.nats_per_symbol(chosen)
    first = model.log_probabilities(numpy.array([[MARKER]]))[0, 0]
    reference = {
        "model": os.path.basename(model_path),
        "model_sha256": digest,
        "arithmetic": "double precision from the stored FP32 weights",
        "logarithm": "natural",
        "first_symbol_log_probabilities": rounded(first),
        "words": [
            {
                "word": word,
                "symbols": [*encode(word), MARKER],
                "log_probabilities": rounded(values),
                "total": float("%.9f" % values.sum()),
            }
            for word, values in zip(
                REFERENCE_WORDS, model.word_log_probabilities(list(REFERENCE_WORDS))
            )
        ],
        "held_out": {
            "symbols": sum(len(word) + 1 for word in chosen),
            "nats_per_character": float("%.9f" % nats),
            "bits_per_character": float("%.9f" % (nats / math.log(2.0))),
            "words": chosen,
        },
    }
    text = json.dumps(reference, indent=1, ensure_ascii=True) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def write_word_lists(folder, training, held_out):
    """Write the words that measure the loss and those that calibrate quantization.

    Methods that look at activations must not look at the words their loss is
    measured on, so their words are training words: those of the lowest hash,
    which is a fair sample as any prefix of hash order is.
    """

    def order(word):
        return hashlib.sha256(word.encode()).digest()

    lists = {
        "words.held_out.txt": held_out,
        "words.calibration.txt": sorted(training, key=order)[:CALIBRATION_WORDS],
    }
    for name, words in lists.items():
        text = "".join(word + "\n" for word in words)
        write_atomically(os.path.join(folder, name), lambda file: file.write(text.encode()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--output", help="train and write the model to this file")
    parser.add_argument("--describe", help="describe this finished model instead of training")
    parser.add_argument("--reference", help="also write reference values to this JSON file")
    parser.add_argument("--word-lists", metavar="FOLDER", help="only write the held-out and calibration words")
    parser.add_argument("--word-list", default=DEFAULT_WORD_LIST)
    parser.add_argument("--steps", type=int, default=STEPS, help="fewer for a quick trial")
    arguments = parser.parse_args()
    if not arguments.word_lists and bool(arguments.output) == bool(arguments.describe):
        parser.error("give either --output or --describe")

    words = read_words(arguments.word_list)
    training, held_out = split_words(words)
    if arguments.word_lists:
        write_word_lists(arguments.word_lists, training, held_out)
        return 0
    path = arguments.output or arguments.describe
    if arguments.output:
        print("%d training and %d held-out words" % (len(training), len(held_out)), flush=True)
        tensors = train(training, held_out, arguments.steps)
        nats = DoubleModel(tensors).nats_per_symbol(held_out)
        write_safetensors(path, tensors, metadata_for(arguments.steps, training, held_out, nats))
    describe(path, words, training, held_out)
    if arguments.reference:
        write_reference(arguments.reference, path, held_out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
