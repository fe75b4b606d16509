#include <QtTest>

#include "training/schedule.h"

using linnet::training::Schedule;
using linnet::training::ScheduleKind;

class TestTrainingSchedule : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void trapezoid_data() {
        QTest::addColumn<qint64>("step");
        QTest::addColumn<double>("progress");
        QTest::addColumn<double>("factor");
        QTest::newRow("first") << qint64(0) << 0.0 << 0.1;
        QTest::newRow("half warm") << qint64(4) << 0.05 << 0.5;
        QTest::newRow("warm") << qint64(9) << 0.1 << 1.0;
        QTest::newRow("constant") << qint64(50) << 0.6 << 1.0;
        QTest::newRow("half decayed") << qint64(80) << 0.8 << 0.5;
        QTest::newRow("end") << qint64(100) << 1.0 << 0.0;
        QTest::newRow("beyond") << qint64(101) << 1.1 << 0.0;
    }
    void trapezoid() {
        QFETCH(qint64, step);
        QFETCH(double, progress);
        QFETCH(double, factor);
        const Schedule schedule{ScheduleKind::Trapezoid, 10, 0.4};
        QVERIFY(std::abs(schedule.factor(step, progress) - factor) < 1e-9);
    }

    void decayStartsOnce() {
        const Schedule schedule{ScheduleKind::Trapezoid, 0, 0.25};
        QVERIFY(!schedule.decaying(0.75));
        QVERIFY(schedule.decaying(0.76));
        QVERIFY(!(Schedule{ScheduleKind::Cosine, 0, 0.25}.decaying(0.9)));
    }

    void cosine() {
        const Schedule schedule{ScheduleKind::Cosine, 0, 0.0};
        QCOMPARE(schedule.factor(0, 0.0), 1.0);
        QVERIFY(std::abs(schedule.factor(5, 0.5) - 0.55) < 1e-9);
        QVERIFY(std::abs(schedule.factor(10, 1.0) - 0.1) < 1e-9);
    }
};

QTEST_GUILESS_MAIN(TestTrainingSchedule)
#include "test_training_schedule.moc"
