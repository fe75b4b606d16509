"""Models that write captions of pictures, in NumPy, to check the engine against.

Written from the papers (ViT, Dosovitskiy et al. 2021; DeiT, Touvron et al. 2021; GPT-2, Radford et
al. 2019; BERT, Devlin et al. 2019; BLIP, Li et al. 2022) and the tensors' names in the Hugging Face
library, in float64, without caches: every caption is run again from its first token for each of its
tokens. Run as a program, it writes tiny seeded checkpoints with the log-probabilities that must
come out to tests/data/captioners: see tests/data/README.md. Needs numpy and, for the tokenizers,
regex.
"""

import math
import pathlib

import numpy as np

import reference_models as models
import reference_tokenizers as tokenizers
import reference_wordpiece as wordpiece

PICTURES = 3


def picture(index, size):
    """Pixels [3][size][size] between -1 and 1, the same in float32 wherever they are computed."""
    numbers = np.arange(3 * size * size, dtype=np.int64)
    values = ((numbers + 1) * 7919 + (index + 1) * 104729) * (numbers % 61 + 1) % 2003
    return (values / 1001.5 - 1).astype(np.float32).astype(np.float64).reshape(3, size, size)


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def norm(tensors, name, x, epsilon):
    return np.array([models.layer_norm(row, tensors[name + ".weight"], tensors[name + ".bias"],
                                       epsilon) for row in x])


def linear(tensors, name, x):
    y = x @ tensors[name + ".weight"].T
    return y + tensors[name + ".bias"] if name + ".bias" in tensors else y


def conv1d(tensors, name, x):  # GPT-2's linear layer, stored [in][out]
    return x @ tensors[name + ".weight"] + tensors[name + ".bias"]


def attend(queries, keys, values, heads, causal):
    """Attention of rows [n][width] over rows [m][width], head by head."""
    width = queries.shape[1] // heads
    out = np.zeros(queries.shape)
    for head in range(heads):
        part = slice(head * width, (head + 1) * width)
        for i, query in enumerate(queries[:, part]):
            seen = i + 1 if causal else len(keys)
            weights = models.softmax(keys[:seen, part] @ query / math.sqrt(width))
            out[i, part] = weights @ values[:seen, part]
    return out


def patches(pixels, weight, bias):
    """One row for each patch, from the left, line by line."""
    size = weight.shape[2]
    rows = []
    for top in range(0, pixels.shape[1], size):
        for left in range(0, pixels.shape[2], size):
            patch = pixels[:, top:top + size, left:left + size]
            rows.append([(kernel * patch).sum() for kernel in weight])
    return np.array(rows) + bias


# --- The encoders -----------------------------------------------------------------------------

def vit_states(config, tensors, pixels):
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    stem = "encoder.embeddings."
    first = [tensors[stem + "cls_token"][0]]
    if config["model_type"] == "deit":
        first.append(tensors[stem + "distillation_token"][0])
    x = np.concatenate(first + [patches(pixels, tensors[stem + "patch_embeddings.projection.weight"],
                                        tensors[stem + "patch_embeddings.projection.bias"])])
    x = x + tensors[stem + "position_embeddings"][0]
    for i in range(config["num_hidden_layers"]):
        layer = "encoder.encoder.layer.%d." % i
        h = norm(tensors, layer + "layernorm_before", x, epsilon)
        q, k, v = [linear(tensors, layer + "attention.attention." + part, h)
                   for part in ("query", "key", "value")]
        x = x + linear(tensors, layer + "attention.output.dense", attend(q, k, v, heads, False))
        h = norm(tensors, layer + "layernorm_after", x, epsilon)
        h = gelu(linear(tensors, layer + "intermediate.dense", h))
        x = x + linear(tensors, layer + "output.dense", h)
    return norm(tensors, "encoder.layernorm", x, epsilon)


def blip_states(config, tensors, pixels):
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    stem = "vision_model.embeddings."
    x = np.concatenate([tensors[stem + "class_embedding"][0],
                        patches(pixels, tensors[stem + "patch_embedding.weight"],
                                tensors[stem + "patch_embedding.bias"])])
    x = x + tensors[stem + "position_embedding"][0]
    for i in range(config["num_hidden_layers"]):
        layer = "vision_model.encoder.layers.%d." % i
        h = norm(tensors, layer + "layer_norm1", x, epsilon)
        q, k, v = np.split(linear(tensors, layer + "self_attn.qkv", h), 3, axis=1)
        x = x + linear(tensors, layer + "self_attn.projection", attend(q, k, v, heads, False))
        h = norm(tensors, layer + "layer_norm2", x, epsilon)
        x = x + linear(tensors, layer + "mlp.fc2", gelu(linear(tensors, layer + "mlp.fc1", h)))
    return norm(tensors, "vision_model.post_layernorm", x, epsilon)


# --- MobileNetV2, Sandler et al. 2018, with its batch norms folded in -----------------------------

def mobilenet_steps(config):
    """(kind, name, inputs, outputs, kernel, stride, clipped) in order; "sum" closes a block."""
    number, channels = 0, config["stem_channels"]
    steps = [("conv", 0, 3, channels, 3, 2, True)]
    for expansion, outputs, repeats, stride in config["stages"]:
        for block in range(repeats):
            step = stride if block == 0 else 1
            wide = channels * expansion
            if expansion != 1:
                number += 1
                steps.append(("conv", number, channels, wide, 1, 1, True))
            number += 1
            steps.append(("depthwise", number, wide, wide, 3, step, True))
            number += 1
            steps.append(("conv", number, wide, outputs, 1, 1, False))
            if step == 1 and channels == outputs:
                number += 1  # the sum is a step of its own, without tensors
                steps.append(("sum", number, outputs, outputs, 0, 1, False))
            channels = outputs
    steps.append(("conv", number + 1, channels, config["hidden_size"], 1, 1, True))
    steps.append(("head", number + 3, config["hidden_size"], config["num_labels"], 1, 1, False))
    return steps


def convolve(x, weight, bias, stride, depthwise):
    """TensorFlow's "same" padding: an odd pixel more goes to the right and below."""
    size, kernel = x.shape[1], weight.shape[2]
    outputs = -(-size // stride)
    missing = max((outputs - 1) * stride + kernel - size, 0)
    before = missing // 2
    wide = np.zeros((x.shape[0], size + missing, size + missing))
    wide[:, before:before + size, before:before + size] = x
    y = np.zeros((len(weight), outputs, outputs))
    for row in range(outputs):
        for column in range(outputs):
            patch = wide[:, row * stride:row * stride + kernel, column * stride:column * stride + kernel]
            if depthwise:
                y[:, row, column] = (weight[:, 0] * patch).sum(axis=(1, 2))
            else:
                y[:, row, column] = (weight * patch).sum(axis=(1, 2, 3))
    return y + bias[:, None, None]


def mobilenet_states(config, tensors, pixels):
    """The grid's places, line by line, and the probabilities of the classes."""
    x, entering = pixels, None
    for kind, number, _, _, _, stride, clipped in mobilenet_steps(config):
        name = "encoder.l%02d." % number
        if kind == "head":
            pooled = x.mean(axis=(1, 2))
            logits = tensors[name + "weight"][:, :, 0, 0] @ pooled + tensors[name + "bias"]
            return x.reshape(len(x), -1).T, models.softmax(logits)
        if kind == "sum":
            x = x + entering
            entering = x
            continue
        x = convolve(x, tensors[name + "weight"], tensors[name + "bias"], stride,
                     kind == "depthwise")
        x = np.clip(x, 0, 6) if clipped else x
        if number == 0 or not clipped:
            previous, entering = entering, x
            following = [step for step in mobilenet_steps(config) if step[1] == number + 1]
            if following and following[0][0] == "sum":
                entering = previous
    raise ValueError("no head")


def subjects_of(probabilities, table):
    """(nouns, probability), the most probable first; classes with one English noun are one."""
    found = {}
    for index, english, chinese in table:
        entry = found.setdefault(english[0], [{"en": english[0], "zh": chinese[0]}, 0.0])
        entry[1] += probabilities[index]
    return sorted(found.values(), key=lambda entry: -entry[1])


def hint_prompt(config, tokenizer, probabilities, table, language):
    own, prompt = config["linnet_captions"], []
    subjects = [nouns for nouns, probability in subjects_of(probabilities, table)
                if probability >= own["hint_probability"]]
    for nouns in subjects[:own["hint_words"]]:
        ids = tokenizer.encode((" " if language == "en" else "") + nouns[language])
        if len(prompt) + 1 + len(ids) <= own["hint_width"]:
            prompt += [own["hint_token_id"]] + ids
    prompt += [config["pad_token_id"]] * (own["hint_width"] - len(prompt))
    return prompt + [own["languages"][language]]


# --- The decoders -----------------------------------------------------------------------------

def gpt2_logits(config, tensors, states, tokens):
    """Logits after the last of `tokens`, of a decoder that looks at `states`."""
    heads, epsilon, stem = config["n_head"], config["layer_norm_epsilon"], "decoder.transformer."
    x = tensors[stem + "wte.weight"][tokens] + tensors[stem + "wpe.weight"][:len(tokens)]
    for i in range(config["n_layer"]):
        layer = stem + "h.%d." % i
        h = norm(tensors, layer + "ln_1", x, epsilon)
        q, k, v = np.split(conv1d(tensors, layer + "attn.c_attn", h), 3, axis=1)
        x = x + conv1d(tensors, layer + "attn.c_proj", attend(q, k, v, heads, True))
        h = norm(tensors, layer + "ln_cross_attn", x, epsilon)
        q = conv1d(tensors, layer + "crossattention.q_attn", h)
        k, v = np.split(conv1d(tensors, layer + "crossattention.c_attn", states), 2, axis=1)
        x = x + conv1d(tensors, layer + "crossattention.c_proj", attend(q, k, v, heads, False))
        h = models.gelu_tanh(conv1d(tensors, layer + "mlp.c_fc",
                                    norm(tensors, layer + "ln_2", x, epsilon)))
        x = x + conv1d(tensors, layer + "mlp.c_proj", h)
    last = norm(tensors, stem + "ln_f", x, epsilon)[-1]
    return tensors.get("decoder.lm_head.weight", tensors[stem + "wte.weight"]) @ last


def bert_logits(config, tensors, states, tokens):
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    stem, head = "text_decoder.bert.", "text_decoder.cls.predictions."
    words = tensors[stem + "embeddings.word_embeddings.weight"]
    x = words[tokens] + tensors[stem + "embeddings.position_embeddings.weight"][:len(tokens)]
    x = norm(tensors, stem + "embeddings.LayerNorm", x, epsilon)
    for i in range(config["num_hidden_layers"]):
        layer = stem + "encoder.layer.%d." % i
        for part, memory in (("attention.", None), ("crossattention.", states)):
            seen = x if memory is None else memory
            mixed = attend(linear(tensors, layer + part + "self.query", x),
                           linear(tensors, layer + part + "self.key", seen),
                           linear(tensors, layer + part + "self.value", seen), heads,
                           memory is None)
            x = norm(tensors, layer + part + "output.LayerNorm",
                     x + linear(tensors, layer + part + "output.dense", mixed), epsilon)
        inner = gelu(linear(tensors, layer + "intermediate.dense", x))
        x = norm(tensors, layer + "output.LayerNorm",
                 x + linear(tensors, layer + "output.dense", inner), epsilon)
    last = norm(tensors, head + "transform.LayerNorm",
                gelu(linear(tensors, head + "transform.dense", x[-1:])), epsilon)[0]
    return words @ last + tensors[head + "bias"]


def distribution(config, tensors, states, tokens):
    if config["model_type"] == "blip":
        return models.log_softmax(bert_logits(config["text_config"], tensors, states, tokens))
    return models.log_softmax(gpt2_logits(config["decoder"], tensors, states, tokens))


def encode(config, tensors, pixels):
    if config["model_type"] == "blip":
        return blip_states(config["vision_config"], tensors, pixels)
    if config["encoder"]["model_type"] == "mobilenet_v2":
        states = mobilenet_states(config["encoder"], tensors, pixels)[0]
    else:
        states = vit_states(config["encoder"], tensors, pixels)
    return linear(tensors, "enc_to_dec_proj", states) if "enc_to_dec_proj.weight" in tensors else states


# --- The checkpoints --------------------------------------------------------------------------

class Shapes(dict):
    def linear(self, name, out, inputs, bias=True):
        self[name + ".weight"] = (out, inputs)
        if bias:
            self[name + ".bias"] = (out,)

    def conv1d(self, name, inputs, out):
        self[name + ".weight"] = (inputs, out)
        self[name + ".bias"] = (out,)

    def norm(self, name, size):
        self[name + ".weight"] = self[name + ".bias"] = (size,)


def vit_shapes(config, shapes):
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    deit, patch = config["model_type"] == "deit", config["patch_size"]
    positions = (config["image_size"] // patch) ** 2 + (2 if deit else 1)
    stem = "encoder.embeddings."
    shapes[stem + "cls_token"] = (1, 1, hidden)
    if deit:
        shapes[stem + "distillation_token"] = (1, 1, hidden)
    shapes[stem + "position_embeddings"] = (1, positions, hidden)
    shapes[stem + "patch_embeddings.projection.weight"] = (hidden, 3, patch, patch)
    shapes[stem + "patch_embeddings.projection.bias"] = (hidden,)
    for i in range(config["num_hidden_layers"]):
        layer = "encoder.encoder.layer.%d." % i
        for part in ("query", "key", "value"):
            shapes.linear(layer + "attention.attention." + part, hidden, hidden,
                          config.get("qkv_bias", True))
        shapes.linear(layer + "attention.output.dense", hidden, hidden)
        shapes.linear(layer + "intermediate.dense", inner, hidden)
        shapes.linear(layer + "output.dense", hidden, inner)
        shapes.norm(layer + "layernorm_before", hidden)
        shapes.norm(layer + "layernorm_after", hidden)
    shapes.norm("encoder.layernorm", hidden)


def gpt2_shapes(config, shapes):
    hidden, inner, stem = config["n_embd"], config["n_inner"] or 4 * config["n_embd"], "decoder.transformer."
    shapes[stem + "wte.weight"] = (config["vocab_size"], hidden)
    shapes[stem + "wpe.weight"] = (config["n_positions"], hidden)
    for i in range(config["n_layer"]):
        layer = stem + "h.%d." % i
        for part in ("ln_1", "ln_cross_attn", "ln_2"):
            shapes.norm(layer + part, hidden)
        shapes.conv1d(layer + "attn.c_attn", hidden, 3 * hidden)
        shapes.conv1d(layer + "attn.c_proj", hidden, hidden)
        shapes.conv1d(layer + "crossattention.q_attn", hidden, hidden)
        shapes.conv1d(layer + "crossattention.c_attn", hidden, 2 * hidden)
        shapes.conv1d(layer + "crossattention.c_proj", hidden, hidden)
        shapes.conv1d(layer + "mlp.c_fc", hidden, inner)
        shapes.conv1d(layer + "mlp.c_proj", inner, hidden)
    shapes.norm(stem + "ln_f", hidden)
    if not config["tie_word_embeddings"]:
        shapes["decoder.lm_head.weight"] = (config["vocab_size"], hidden)


def blip_shapes(config, shapes):
    vision, text = config["vision_config"], config["text_config"]
    hidden, inner, patch = vision["hidden_size"], vision["intermediate_size"], vision["patch_size"]
    stem = "vision_model.embeddings."
    shapes[stem + "class_embedding"] = (1, 1, hidden)
    shapes[stem + "position_embedding"] = (1, (vision["image_size"] // patch) ** 2 + 1, hidden)
    shapes[stem + "patch_embedding.weight"] = (hidden, 3, patch, patch)
    shapes[stem + "patch_embedding.bias"] = (hidden,)
    for i in range(vision["num_hidden_layers"]):
        layer = "vision_model.encoder.layers.%d." % i
        shapes.linear(layer + "self_attn.qkv", 3 * hidden, hidden)
        shapes.linear(layer + "self_attn.projection", hidden, hidden)
        shapes.linear(layer + "mlp.fc1", inner, hidden)
        shapes.linear(layer + "mlp.fc2", hidden, inner)
        shapes.norm(layer + "layer_norm1", hidden)
        shapes.norm(layer + "layer_norm2", hidden)
    shapes.norm("vision_model.post_layernorm", hidden)
    width, wide = text["hidden_size"], text["intermediate_size"]
    stem, head = "text_decoder.bert.", "text_decoder.cls.predictions."
    shapes[stem + "embeddings.word_embeddings.weight"] = (text["vocab_size"], width)
    shapes[stem + "embeddings.position_embeddings.weight"] = (text["max_position_embeddings"], width)
    shapes.norm(stem + "embeddings.LayerNorm", width)
    for i in range(text["num_hidden_layers"]):
        layer = stem + "encoder.layer.%d." % i
        for part, seen in (("attention.", width), ("crossattention.", hidden)):
            shapes.linear(layer + part + "self.query", width, width)
            shapes.linear(layer + part + "self.key", width, seen)
            shapes.linear(layer + part + "self.value", width, seen)
            shapes.linear(layer + part + "output.dense", width, width)
            shapes.norm(layer + part + "output.LayerNorm", width)
        shapes.linear(layer + "intermediate.dense", wide, width)
        shapes.linear(layer + "output.dense", width, wide)
        shapes.norm(layer + "output.LayerNorm", width)
    shapes.linear(head + "transform.dense", width, width)
    shapes.norm(head + "transform.LayerNorm", width)
    shapes[head + "bias"] = (text["vocab_size"],)


def shapes_of(config):
    shapes = Shapes()
    if config["model_type"] == "blip":
        blip_shapes(config, shapes)
        return shapes
    encoder = config["encoder"]
    if encoder["model_type"] == "mobilenet_v2":
        for kind, number, inputs, outputs, kernel, _, _ in mobilenet_steps(encoder):
            if kind != "sum":
                shapes["encoder.l%02d.weight" % number] = (
                    outputs, 1 if kind == "depthwise" else inputs, kernel, kernel)
                shapes["encoder.l%02d.bias" % number] = (outputs,)
    else:
        vit_shapes(encoder, shapes)
    if (encoder["model_type"] == "mobilenet_v2" or
            encoder["hidden_size"] != config["decoder"]["n_embd"]):
        shapes.linear("enc_to_dec_proj", config["decoder"]["n_embd"], config["encoder"]["hidden_size"])
    gpt2_shapes(config["decoder"], shapes)
    return shapes


def random_tensors(config, seed):
    """Weights large enough that every part of the network matters to the result."""
    random = np.random.RandomState(seed)
    kept = config["encoder"] if "num_labels" in config.get("encoder", {}) else None
    tensors = {}
    for name, shape in shapes_of(config).items():
        values = random.standard_normal(shape)
        is_norm = "norm" in name.lower() or ".ln_" in name
        if len(shape) == 1:
            tensors[name] = 1 + 0.1 * values if is_norm and name.endswith("weight") else 0.3 * values
        elif "wte" in name or "word_embeddings" in name or "lm_head" in name:
            tensors[name] = values * 0.4
        elif "wpe" in name or "position" in name or "token" in name or "class_embedding" in name:
            tensors[name] = values * 0.5
        elif len(shape) == 4:
            # ReLU halves what it passes on.
            gain = math.sqrt(2) if name.startswith("encoder.l") else 1
            gain *= 0.5 if kept and shape[0] == kept["num_labels"] else 1  # more than one class
            tensors[name] = values * gain / math.sqrt(np.prod(shape[1:]))
        else:
            transposed = name.startswith("decoder.transformer.h.")
            tensors[name] = values * 1.2 / math.sqrt(shape[0] if transposed else shape[1])
    return tensors


def vit_config(**changes):
    config = {"model_type": "vit", "image_size": 16, "patch_size": 8, "num_channels": 3,
              "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2,
              "num_attention_heads": 3, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
              "qkv_bias": True}
    config.update(changes)
    return config


def gpt2_config(vocabulary, **changes):
    config = {"model_type": "gpt2", "add_cross_attention": True, "is_decoder": True,
              "activation_function": "gelu_new", "vocab_size": vocabulary, "n_embd": 16,
              "n_layer": 2, "n_head": 2, "n_inner": None, "n_positions": 24,
              "layer_norm_epsilon": 1e-5, "bos_token_id": vocabulary - 1,
              "eos_token_id": vocabulary - 1, "tie_word_embeddings": True}
    config.update(changes)
    return config


def encoder_decoder(encoder, decoder, **more):
    return {"architectures": ["VisionEncoderDecoderModel"], "model_type": "vision-encoder-decoder",
            "is_encoder_decoder": True, "encoder": encoder, "decoder": decoder, **more}


SUBJECTS = """# class, English, Chinese
1\tdog,animal\t狗,动物
2\tdog\t狗
3\tsea,ocean\t海
5\told man\t老人
"""


def own_config(tokenizer):
    """A model as our trainer writes it. Its special tokens stand for bytes that no text has."""
    config = encoder_decoder(
        {"model_type": "mobilenet_v2", "batch_norm": "folded", "image_size": 32, "stem_channels": 4,
         "stages": [[1, 4, 1, 1], [2, 6, 2, 2], [3, 8, 2, 2], [2, 8, 1, 1]], "hidden_size": 12,
         "num_labels": 6},
        gpt2_config(tokenizer.size()), decoder_start_token_id=2, eos_token_id=tokenizer.size() - 1,
        pad_token_id=4, max_length=14)
    config["linnet_captions"] = {
        "languages": {"en": 2, "zh": 3}, "hint_width": 12, "hint_words": 2, "hint_probability": 0.09,
        "hint_token_id": 5, "subjects": "subjects.tsv", "subject_threshold": 0.6}
    return config


def table_of(text):
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [(int(index), english.split(","), chinese.split(",")) for index, english, chinese in rows]


def specifications():
    """Name to (config, other files, storage, the beginning of a caption)."""
    gpt2 = tokenizers.ByteLevel([tokenizers.GPT2_PATTERN])
    end = gpt2.size() - 1
    files = {"vocab.json": gpt2.vocab | gpt2.specials,
             "merges.txt": "#version: 0.2\n" + "".join(" ".join(p) + "\n" for p in gpt2.merges)}
    # As nlpconnect/vit-gpt2-image-captioning has it, of an old version of the library.
    old = {"feature_extractor_type": "ViTFeatureExtractor", "size": 16, "resample": 2,
           "do_resize": True, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    new = {"image_processor_type": "DeiTImageProcessor", "do_resize": True,
           "size": {"height": 16, "width": 16}, "do_center_crop": False, "resample": 3,
           "rescale_factor": 0.00392156862745098, "image_mean": [0.485, 0.456, 0.406],
           "image_std": [0.229, 0.224, 0.225]}
    blip_pixels = {"image_processor_type": "BlipImageProcessor", "do_resize": True, "resample": 3,
                   "size": {"height": 16, "width": 16}, "do_rescale": True,
                   "image_mean": [0.48145466, 0.4578275, 0.40821073],
                   "image_std": [0.26862954, 0.26130258, 0.27577711]}
    bert = wordpiece.WordPiece()
    begin = bert.size()  # a prompt that the tokenizer does not know, as in BLIP
    text = {"model_type": "blip_text_model", "vocab_size": bert.size() + 2, "hidden_size": 16,
            "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
            "max_position_embeddings": 24, "layer_norm_eps": 1e-12, "hidden_act": "gelu",
            "bos_token_id": begin, "sep_token_id": bert.vocab["[SEP]"], "eos_token_id": 2,
            "pad_token_id": bert.vocab["[PAD]"]}
    vision = {"model_type": "blip_vision_model", "image_size": 16, "patch_size": 8,
              "hidden_size": 12, "intermediate_size": 20, "num_hidden_layers": 2,
              "num_attention_heads": 3, "layer_norm_eps": 1e-5, "hidden_act": "gelu"}
    return {
        "vit-gpt2": (encoder_decoder(vit_config(), gpt2_config(gpt2.size()),
                                     decoder_start_token_id=end, eos_token_id=end,
                                     pad_token_id=end, max_length=12),
                     {"preprocessor_config.json": old, **files}, "F16", end),
        "deit-gpt2": (encoder_decoder(vit_config(model_type="deit", qkv_bias=False, hidden_size=16,
                                                 num_attention_heads=2),
                                      gpt2_config(gpt2.size(), tie_word_embeddings=False,
                                                  n_inner=24)),
                      {"preprocessor_config.json": new, **files,
                       "generation_config.json": {"decoder_start_token_id": 7, "eos_token_id": end,
                                                  "max_new_tokens": 9}}, "BF16", 7),
        "blip": ({"architectures": ["BlipForConditionalGeneration"], "model_type": "blip",
                  "text_config": text, "vision_config": vision},
                 {"preprocessor_config.json": blip_pixels, "tokenizer.json": bert.to_json()}, "F32",
                 begin),
        "mobilenet-gpt2": (own_config(gpt2), {"preprocessor_config.json": {**old, "size": 32}, **files,
                                              "subjects.tsv": SUBJECTS}, "F16", None),
    }


def write_model(folder, seed, config, files, storage, begin):
    encoded, exact = models.store(random_tensors(config, seed), storage, 32)
    folder.mkdir(parents=True, exist_ok=True)
    models.write_safetensors(folder / "model.safetensors", encoded)
    tokenizers.write_json(folder / "config.json", config)
    for name, content in files.items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8")
        else:
            tokenizers.write_json(folder / name, content)
    random = np.random.RandomState(seed)
    text = config.get("text_config", config.get("decoder"))
    pixels = config.get("encoder", config.get("vision_config"))["image_size"]
    captions = []
    for index in range(PICTURES):
        states = encode(config, exact, picture(index, pixels))
        for language in ("en", "zh"):
            caption = {"picture": index, "language": "en"}
            prompt = [begin]
            if begin is None:
                probabilities = mobilenet_states(config["encoder"], exact, picture(index, pixels))[1]
                table = table_of(files["subjects.tsv"])
                prompt = hint_prompt(config, tokenizers.ByteLevel([tokenizers.GPT2_PATTERN]),
                                     probabilities, table, language)
                caption = {"picture": index, "language": language, "prompt": prompt, "subjects": [
                    [nouns["en"], nouns["zh"], round(probability, 7)]
                    for nouns, probability in subjects_of(probabilities, table)]}
            tokens = [int(token) for token in random.randint(0, text["vocab_size"], 7)]
            rows = [distribution(config, exact, states, prompt + tokens[:i])
                    for i in range(len(tokens))]
            captions.append({**caption, "tokens": tokens,
                             "logprobs": [round(float(row[token]), 7)
                                          for row, token in zip(rows, tokens)],
                             "best": [int(row.argmax()) for row in rows]})
    tokenizers.write_json(folder / "expected.json", {"size": pixels, "captions": captions})
    size = sum(file.stat().st_size for file in folder.iterdir())
    print("%-12s %d bytes, first log-probabilities %s" %
          (folder.name, size, [caption["logprobs"][0] for caption in captions]))


def main(folder):
    for seed, (name, parts) in enumerate(specifications().items()):
        write_model(folder / name, seed + 101, *parts)


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parents[2] / "data" / "captioners")
