#pragma once

// Torch's headers come before Qt's, whose macros they do not know.
#include <torch/torch.h>

#include "training/captions/caption_shape.h"
#include "training/captions/caption_trainer.h"
#include "training/file_io.h"
#include "training/tensor_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <string>

namespace linnet::tests {

namespace fs = std::filesystem;

inline constexpr int kSize = 32;
inline constexpr int kPhotos = 12;

/// A corpus of plain pictures: dark ones show a cat, bright ones a dog.
class SmallCaptionCorpus {
public:
    SmallCaptionCorpus()
        : m_root(m_folder.path().toStdString()) {
        fs::create_directories(m_root / "data");
        fs::create_directories(m_root / "photos");
        std::string pixels;
        std::string names;
        std::string english;
        std::string chinese;
        for (int i = 0; i < kPhotos; ++i) {
            const bool cat = i % 2 == 0;
            const std::string name = "p" + std::to_string(i);
            pixels.append(kSize * kSize * 3, static_cast<char>(cat ? 20 + i : 220 + i));
            names += name + "\n";
            for (int k = 0; k < 5; ++k) {
                english += name + (cat ? "\tA cat sits .\n" : "\tA dog runs .\n");
                chinese += name + (cat ? "\t一只猫。\n" : "\t一只狗。\n");
            }
        }
        write("photos/photos.u8", pixels);
        write("photos/photos.txt", names);
        write("data/flickr8k.captions.en.tsv", english);
        write("data/flickr8k.captions.zh.tsv", chinese);
        write("data/flickr8k.train.txt", "p0\np1\np2\np3\np4\np5\n");
        write("data/flickr8k.extra.txt", "p6\n");
        write("data/flickr8k.valid.txt", "p7\np8\n");
        write("data/flickr8k.test.txt", "p9\n");
        write("data/coco.captions.en.tsv", "p10\tA cat sits\np11\tA dog runs\n");
        write("data/coco.val2017.captions-only.en.tsv", "1\tA cat runs.\n2\tA dog sits\n");
        write("subjects.tsv", "1\tcat\t猫\n2\tdog\t狗\n");
        training::NamedTensors encoder;
        at::manual_seed(3);
        for (const auto& [name, shape] : engine::mobileNetTensors(net())) {
            encoder[name] = torch::randn(shape) * 0.5;
        }
        QVERIFY(training::writeTensors(m_root / "encoder.safetensors", encoder));
    }

    training::CaptionTrainerOptions options(const char* output) const {
        training::CaptionTrainerOptions o;
        o.data = m_root / "data";
        o.photos = m_root / "photos";
        o.encoder = m_root / "encoder.safetensors";
        o.subjects = m_root / "subjects.tsv";
        o.output = m_root / output;
        o.shape.encoder = net();
        engine::ModelConfig& d = o.shape.decoder;
        d.vocabularySize = 300;
        d.hiddenSize = 16;
        d.layers = 1;
        d.heads = 2;
        d.intermediateSize = 32;
        d.maxPositions = 48;
        training::completeCaptionDecoder(d);
        o.batch = 4;
        o.texts = 2;
        o.views = 3;
        o.trainedFrom = 1;
        o.outside = 1;
        o.steps = 40;
        o.encoderAfter = 0.25;
        o.dropout = 0.05;
        o.schedule.warmupSteps = 2;
        o.validEvery = 20;
        o.precision = "float32";
        o.recipe = "test";
        return o;
    }

    const fs::path& root() const { return m_root; }

private:
    static engine::MobileNetConfig net() {
        engine::MobileNetConfig config;
        config.imageSize = kSize;
        config.stemChannels = 4;
        config.stages = {{1, 4, 1, 1}, {2, 6, 2, 2}};
        config.hiddenSize = 12;
        config.classes = 4;
        return config;
    }
    void write(const char* name, const std::string& content) {
        QVERIFY(training::writeFileAtomically(m_root / name, content));
    }

    QTemporaryDir m_folder;
    fs::path m_root;
};

} // namespace linnet::tests
