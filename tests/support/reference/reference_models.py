"""Decoder-only language models in NumPy, to check the engine against.

Written from the papers (Vaswani et al. 2017; GPT-2, Radford et al. 2019; Llama, Touvron et al.
2023; grouped queries, Ainslie et al. 2023; rotary positions, Su et al. 2021; YaRN, Peng et al.
2023) in float64, one position after the other where that is plainer. Run as a program, it writes
tiny seeded checkpoints with the log-probabilities that must come out to tests/data/models: see
tests/data/README.md. Needs numpy and, for the tokenizers, regex.
"""

import json
import math
import pathlib
import struct

import numpy as np

import reference_tokenizers as tokenizers

TEXT = ("The old man looked at the sea, and the sea looked back at him. He'd said that the lamps "
        "were lit; no one there was waiting in 1999.\n\nWhat then?")


# --- The networks ---------------------------------------------------------------------------

def log_softmax(row):
    row = row - row.max()
    return row - math.log(np.exp(row).sum())


def softmax(row):
    row = np.exp(row - row.max())
    return row / row.sum()


def rms_norm(x, weight, epsilon):
    return x / math.sqrt((x * x).mean() + epsilon) * weight


def layer_norm(x, weight, bias, epsilon):
    centred = x - x.mean()
    return centred / math.sqrt((centred * centred).mean() + epsilon) * weight + bias


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def silu(x):
    return x / (1 + np.exp(-x))


def rotary_frequencies(config):
    """Angular frequency of each pair of dimensions, and the factor on sine and cosine."""
    size = config["head_dim"]
    theta = config.get("rope_theta", 10000.0)
    frequencies = np.array([theta ** (-2 * i / size) for i in range(size // 2)])
    scaling = config.get("rope_scaling")
    if scaling is None:
        return frequencies, 1.0
    kind = scaling.get("rope_type", scaling.get("type"))
    factor = scaling["factor"]
    if kind == "linear":
        return frequencies / factor, 1.0
    original = scaling["original_max_position_embeddings"]
    if kind == "llama3":
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        scaled = []
        for frequency in frequencies:
            turns = original * frequency / (2 * math.pi)  # within the original context
            blend = min(max((turns - low) / (high - low), 0.0), 1.0)
            scaled.append((1 - blend) * frequency / factor + blend * frequency)
        return np.array(scaled), 1.0
    if kind == "yarn":
        def dimension(turns):
            return size * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(theta))
        low = max(math.floor(dimension(scaling.get("beta_fast", 32))), 0)
        high = min(math.ceil(dimension(scaling.get("beta_slow", 1))), size - 1)
        ramp = np.clip((np.arange(size // 2) - low) / max(high - low, 0.001), 0, 1)
        scale = scaling.get("attention_factor", 0.1 * math.log(factor) + 1)
        return frequencies * (1 - ramp) + frequencies / factor * ramp, scale
    raise ValueError(kind)


def rotate(head, angles, scale):
    """Turns dimension i with dimension i + half, as Llama's checkpoints are laid out."""
    half = len(head) // 2
    first, second = head[:half], head[half:]
    cosine, sine = np.cos(angles) * scale, np.sin(angles) * scale
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine])


def attend(queries, keys, values, heads, groups):
    """Causal attention of the last position. keys, values: [positions][groups][size]."""
    out = []
    for head in range(heads):
        group = head * groups // heads
        query = queries[head]
        scores = np.array([key[group] @ query for key in keys]) / math.sqrt(len(query))
        weights = softmax(scores)
        out.append(sum(weight * value[group] for weight, value in zip(weights, values)))
    return np.concatenate(out)


def llama_logits(config, tensors, tokens):
    """Logits after each token; for llama and qwen2."""
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    size, epsilon = config["head_dim"], config["rms_norm_eps"]
    frequencies, scale = rotary_frequencies(config)
    embedding = tensors["model.embed_tokens.weight"]
    head = tensors.get("lm_head.weight", embedding)
    caches = [([], []) for _ in range(config["num_hidden_layers"])]
    logits = []

    def linear(name, x):
        y = tensors[name + ".weight"] @ x
        return y + tensors[name + ".bias"] if name + ".bias" in tensors else y

    for position, token in enumerate(tokens):
        x = embedding[token]
        for i, (keys, values) in enumerate(caches):
            layer = "model.layers.%d." % i
            h = rms_norm(x, tensors[layer + "input_layernorm.weight"], epsilon)
            query = linear(layer + "self_attn.q_proj", h).reshape(heads, size)
            key = linear(layer + "self_attn.k_proj", h).reshape(groups, size)
            value = linear(layer + "self_attn.v_proj", h).reshape(groups, size)
            angles = position * frequencies
            keys.append([rotate(part, angles, scale) for part in key])
            values.append(value)
            mixed = attend([rotate(part, angles, scale) for part in query], keys, values, heads,
                           groups)
            x = x + linear(layer + "self_attn.o_proj", mixed)
            h = rms_norm(x, tensors[layer + "post_attention_layernorm.weight"], epsilon)
            gate = silu(linear(layer + "mlp.gate_proj", h))
            x = x + linear(layer + "mlp.down_proj", gate * linear(layer + "mlp.up_proj", h))
        logits.append(head @ rms_norm(x, tensors["model.norm.weight"], epsilon))
    return logits


def gpt2_logits(config, tensors, tokens):
    heads, epsilon = config["n_head"], config["layer_norm_epsilon"]
    embedding = tensors["transformer.wte.weight"]
    head = tensors.get("lm_head.weight", embedding)
    caches = [([], []) for _ in range(config["n_layer"])]
    logits = []

    def linear(name, x):  # stored [in][out]
        return x @ tensors[name + ".weight"] + tensors[name + ".bias"]

    def norm(name, x):
        return layer_norm(x, tensors[name + ".weight"], tensors[name + ".bias"], epsilon)

    for position, token in enumerate(tokens):
        x = embedding[token] + tensors["transformer.wpe.weight"][position]
        for i, (keys, values) in enumerate(caches):
            layer = "transformer.h.%d." % i
            query, key, value = np.split(
                linear(layer + "attn.c_attn", norm(layer + "ln_1", x)), 3)
            keys.append(key.reshape(heads, -1))
            values.append(value.reshape(heads, -1))
            mixed = attend(query.reshape(heads, -1), keys, values, heads, heads)
            x = x + linear(layer + "attn.c_proj", mixed)
            inner = gelu_tanh(linear(layer + "mlp.c_fc", norm(layer + "ln_2", x)))
            x = x + linear(layer + "mlp.c_proj", inner)
        logits.append(head @ norm("transformer.ln_f", x))
    return logits


def log_probabilities(config, tensors, tokens):
    """Natural log of the probability of each token given those before it; None for the first."""
    network = gpt2_logits if config["model_type"] == "gpt2" else llama_logits
    logits = network(config, tensors, tokens[:-1])
    return [None] + [log_softmax(row)[token] for row, token in zip(logits, tokens[1:])]


# --- The checkpoints ------------------------------------------------------------------------

def llama_shapes(config):
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    queries = config["num_attention_heads"] * config["head_dim"]
    keys = config["num_key_value_heads"] * config["head_dim"]
    qwen = config["model_type"] == "qwen2"
    shapes = {"model.embed_tokens.weight": (config["vocab_size"], hidden)}

    def linear(name, out, inputs, bias):
        shapes[name + ".weight"] = (out, inputs)
        if bias:
            shapes[name + ".bias"] = (out,)

    for i in range(config["num_hidden_layers"]):
        layer = "model.layers.%d." % i
        attention_bias, mlp_bias = config.get("attention_bias", False), config.get("mlp_bias", False)
        shapes[layer + "input_layernorm.weight"] = (hidden,)
        for name, out in (("q", queries), ("k", keys), ("v", keys)):
            linear(layer + "self_attn.%s_proj" % name, out, hidden, qwen or attention_bias)
        linear(layer + "self_attn.o_proj", hidden, queries, attention_bias)
        shapes[layer + "post_attention_layernorm.weight"] = (hidden,)
        linear(layer + "mlp.gate_proj", inner, hidden, mlp_bias)
        linear(layer + "mlp.up_proj", inner, hidden, mlp_bias)
        linear(layer + "mlp.down_proj", hidden, inner, mlp_bias)
    shapes["model.norm.weight"] = (hidden,)
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (config["vocab_size"], hidden)
    return shapes


def gpt2_shapes(config):
    hidden = config["n_embd"]
    shapes = {"transformer.wte.weight": (config["vocab_size"], hidden),
              "transformer.wpe.weight": (config["n_positions"], hidden)}
    for i in range(config["n_layer"]):
        layer = "transformer.h.%d." % i
        for name, inputs, out in (("attn.c_attn", hidden, 3 * hidden), ("attn.c_proj", hidden, hidden),
                                  ("mlp.c_fc", hidden, 4 * hidden), ("mlp.c_proj", 4 * hidden, hidden)):
            shapes[layer + name + ".weight"] = (inputs, out)
            shapes[layer + name + ".bias"] = (out,)
        for name in ("ln_1", "ln_2"):
            shapes[layer + name + ".weight"] = shapes[layer + name + ".bias"] = (hidden,)
    shapes["transformer.ln_f.weight"] = shapes["transformer.ln_f.bias"] = (hidden,)
    return shapes


def random_tensors(config, seed):
    """Weights large enough that every part of the network matters to the result."""
    random = np.random.RandomState(seed)
    gpt2 = config["model_type"] == "gpt2"
    tensors = {}
    for name, shape in (gpt2_shapes(config) if gpt2 else llama_shapes(config)).items():
        values = random.standard_normal(shape)
        if len(shape) == 1:
            is_norm = name.endswith("weight")
            tensors[name] = 1 + 0.1 * values if is_norm else 0.3 * values
        elif "embed" in name or "wte" in name or "lm_head" in name:
            tensors[name] = values * 0.4
        elif "wpe" in name:
            tensors[name] = values * 0.2
        else:
            tensors[name] = values * 1.2 / math.sqrt(shape[0] if gpt2 else shape[1])
    return tensors


def to_bfloat16(values):
    """The upper halves of the nearest float32, ties to even."""
    bits = values.astype("<f4").view("<u4").astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def store(tensors, kind, group):
    """Encodes tensors: name to (dtype, shape, bytes), and to what was stored, in float64."""
    encoded, exact = {}, {}
    for name, values in tensors.items():
        if kind == "int8" and values.ndim == 2:
            rows, columns = values.shape
            grouped = values.reshape(rows, columns // group, group)
            scales = (np.abs(grouped).max(axis=2) / 127).astype("<f2")
            wide = scales.astype(np.float64)[:, :, None]
            quantized = np.clip(np.rint(grouped / wide), -127, 127).astype("i1")
            encoded[name] = ("I8", values.shape, quantized.tobytes())
            encoded[name + "_scale"] = ("F16", scales.shape, scales.tobytes())
            exact[name] = (quantized * wide).reshape(rows, columns)
        elif kind == "BF16":
            stored = to_bfloat16(values)
            encoded[name] = ("BF16", values.shape, stored.tobytes())
            exact[name] = (stored.astype("<u4") << 16).view("<f4").astype(np.float64)
        else:
            dtype = "F16" if kind in ("F16", "int8") else "F32"
            stored = values.astype("<f2" if dtype == "F16" else "<f4")
            encoded[name] = (dtype, values.shape, stored.tobytes())
            exact[name] = stored.astype(np.float64)
    return encoded, exact


def write_safetensors(path, encoded):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, (dtype, shape, data) in encoded.items():
        header[name] = {"dtype": dtype, "shape": list(shape),
                        "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text +
                     b"".join(data for _, _, data in encoded.values()))


def write_shards(folder, encoded, count):
    names = list(encoded)
    weight_map = {}
    for shard in range(count):
        file = "model-%05d-of-%05d.safetensors" % (shard + 1, count)
        part = names[shard * len(names) // count:(shard + 1) * len(names) // count]
        write_safetensors(folder / file, {name: encoded[name] for name in part})
        weight_map.update({name: file for name in part})
    total = sum(len(data) for _, _, data in encoded.values())
    tokenizers.write_json(folder / "model.safetensors.index.json",
                          {"metadata": {"total_size": total}, "weight_map": weight_map})


def llama_config(vocabulary, **changes):
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
              "vocab_size": vocabulary, "hidden_size": 32, "intermediate_size": 48,
              "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
              "head_dim": 8, "max_position_embeddings": 256, "rms_norm_eps": 1e-5,
              "rope_theta": 10000.0, "tie_word_embeddings": False}
    config.update(changes)
    return {key: value for key, value in config.items() if value is not None}


def specifications():
    """Name to (config, tokenizer, its file or None for vocab.json, storage, shards)."""
    llama3 = tokenizers.ByteLevel([tokenizers.LLAMA3_PATTERN])
    qwen2 = tokenizers.ByteLevel([tokenizers.QWEN2_PATTERN], nfc=True)
    gpt2 = tokenizers.ByteLevel([tokenizers.GPT2_PATTERN])
    llama2 = tokenizers.Fallback()
    llama3_file = llama3.to_json(tokenizers.split_then_bytes(tokenizers.LLAMA3_PATTERN))
    qwen2_file = qwen2.to_json(tokenizers.split_then_bytes(tokenizers.QWEN2_PATTERN))
    end = llama3.size() - 1
    gpt2_config = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2",
                   "activation_function": "gelu_new", "vocab_size": gpt2.size(), "n_embd": 32,
                   "n_layer": 2, "n_head": 4, "n_positions": 192, "layer_norm_epsilon": 1e-5,
                   "bos_token_id": end, "eos_token_id": end, "tie_word_embeddings": True}
    rope3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
             "original_max_position_embeddings": 64}
    yarn = {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
    int8 = {"quant_method": "linnet-int8", "bits": 8, "group_size": 32}
    return {
        "llama-float32": (llama_config(llama3.size(), rope_scaling=rope3, attention_bias=True,
                                       mlp_bias=True, eos_token_id=end, rope_theta=500000.0),
                          llama3, llama3_file, "F32", 1),
        "llama-float16": (llama_config(llama2.size(), tie_word_embeddings=True, bos_token_id=1,
                                       eos_token_id=[2], head_dim=16, num_key_value_heads=1,
                                       rope_scaling={"type": "linear", "factor": 2.0}),
                          llama2, llama2.to_json(), "F16", 1),
        "qwen2-bfloat16": (llama_config(qwen2.size(), architectures=["Qwen2ForCausalLM"],
                                        model_type="qwen2", tie_word_embeddings=True,
                                        rope_theta=1000000.0, rms_norm_eps=1e-6, eos_token_id=end),
                           qwen2, qwen2_file, "BF16", 1),
        "llama-sharded": (llama_config(llama3.size(), rope_scaling=yarn, eos_token_id=end),
                          llama3, llama3_file, "F32", 3),
        "llama-int8": (llama_config(llama3.size(), hidden_size=64, intermediate_size=96,
                                    head_dim=16, tie_word_embeddings=True, eos_token_id=end,
                                    quantization_config=int8),
                       llama3, llama3_file, "int8", 1),
        "gpt2-float32": (gpt2_config, gpt2, None, "F32", 1),
    }


def write_model(folder, seed, config, tokenizer, tokenizer_file, storage, shards):
    folder.mkdir(parents=True, exist_ok=True)
    encoded, exact = store(random_tensors(config, seed), storage, 32)
    if config["model_type"] == "gpt2":  # as the published files of GPT-2, without the prefix
        encoded = {name.removeprefix("transformer."): value for name, value in encoded.items()}
    if shards > 1:
        write_shards(folder, encoded, shards)
    else:
        write_safetensors(folder / "model.safetensors", encoded)
    tokenizers.write_json(folder / "config.json", config)
    if tokenizer_file is not None:
        tokenizers.write_json(folder / "tokenizer.json", tokenizer_file)
    else:
        tokenizers.write_json(folder / "vocab.json", tokenizer.vocab | tokenizer.specials)
        (folder / "merges.txt").write_text(
            "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in tokenizer.merges),
            encoding="utf-8")
    tokens = tokenizer.encode(TEXT)
    expected = [None if value is None else round(float(value), 7)
                for value in log_probabilities(config, exact, tokens)]
    tokenizers.write_json(folder / "expected.json",
                          {"text": TEXT, "tokens": tokens, "logprobs": expected})
    size = sum(file.stat().st_size for file in folder.iterdir())
    print("%-16s %4d tokens, mean log-probability %.4f, %d bytes" %
          (folder.name, len(tokens), np.mean(expected[1:]), size))


def main(folder):
    for seed, (name, parts) in enumerate(specifications().items()):
        write_model(folder / name, seed + 1, *parts)


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parents[2] / "data" / "models")
