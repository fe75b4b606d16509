#include <torch/torch.h>

#include <QtTest>

#include <cmath>

#include "training/captions/people_fit.h"

using namespace linnet;

class TestPeopleFit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // One feature that is 0 or 1: the weights are the log-odds of either half, in closed form.
    void findsLogOdds() {
        const auto x = torch::tensor({0.0, 0.0, 1.0, 1.0}, torch::kDouble).view({4, 1});
        const auto y = torch::tensor({0.0, 0.5, 0.5, 1.0}, torch::kDouble);
        const auto equal = torch::ones({4}, torch::kDouble);
        const auto w = training::fitLogistic(x, y, equal, 1e-9);
        const double ln3 = std::log(3.0); // means of a quarter and three quarters
        QVERIFY(std::abs(w[1].item<double>() + ln3) < 1e-4);
        QVERIFY(std::abs(w[0].item<double>() - 2 * ln3) < 1e-4);
        // The first counts as if it were three: a mean of an eighth.
        const auto uneven = torch::tensor({3.0, 1.0, 1.0, 1.0}, torch::kDouble);
        const auto v = training::fitLogistic(x, y, uneven, 1e-9);
        QVERIFY(std::abs(v[1].item<double>() + std::log(7.0)) < 1e-4);
    }

    // The derivative of the loss is zero, the ridge included.
    void keepsWeightsSmall() {
        const auto x = torch::tensor({-1.0, 0.0, 2.0}, torch::kDouble).view({3, 1});
        const auto y = torch::tensor({0.0, 1.0, 1.0}, torch::kDouble);
        const auto equal = torch::ones({3}, torch::kDouble);
        const double ridge = 2.0;
        const auto w = training::fitLogistic(x, y, equal, ridge);
        const auto p = torch::sigmoid(x.squeeze(1) * w[0] + w[1]);
        const auto slope = (x.squeeze(1) * (p - y)).sum() + ridge * w[0];
        QVERIFY(std::abs(slope.item<double>()) < 1e-6);
        QVERIFY(w[0].item<double>() > 0);
        QVERIFY(training::fitLogistic(x, y, equal, 10.0)[0].item<double>() < w[0].item<double>());
    }
};

QTEST_GUILESS_MAIN(TestPeopleFit)
#include "test_people_fit.moc"
