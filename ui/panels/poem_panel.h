#pragma once

#include <functional>

#include <QHash>
#include <QPointer>
#include <QWidget>

#include "services/poem_source.h"
#include "services/verse_source.h"
#include "ui/theme.h"

class QLabel;
class QPushButton;

namespace linnet::ui {

class PoemCard;
class PoemCards;
class PoemForm;

// Asks for poems and shows them: the wishes above, a card for each version below. What is composed
// reaches the text only by insertRequested().
class PoemPanel : public QWidget {
    Q_OBJECT
public:
    PoemPanel(services::PoemSource& poems, services::VerseSource& verse, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    void setFamilies(const QStringList& latin, const QStringList& chinese);
    // Where a seed comes from when the writer names none; tests set their own.
    void setSeeds(std::function<quint64()> seeds) { m_seeds = std::move(seeds); }

    PoemForm& form() { return *m_form; }
    const PoemCards& cards() const { return *m_cards; }
    bool isComposing() const { return m_request != 0; }

    void compose();
    void stop();
    // The card whose Insert is the default button; null: none.
    PoemCard* current() const;

Q_SIGNALS:
    void insertRequested(const QString& poem);
    void closeRequested(); // Esc

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void connectSource();
    void connectCard(PoemCard* card);
    void again(PoemCard* card, const QMap<int, QString>& kept);
    void send(const services::PoemQuery& query, PoemCard* card);
    void analyse(PoemCard* card);
    void convertCards(bool traditional);
    bool isOurs(quint64 id);
    void onLine(quint64 id, int version, int line, const services::PoemReplyLine& text);
    void onPoem(quint64 id, int version, const services::PoemReply& poem);
    void onFinished(const QVector<int>& ranking);
    void settle();
    void setCurrent(PoemCard* card);
    void showState();
    void showModel(const services::ModelStatus& status);
    void say(const QString& message, bool bad);
    PoemCard* cardOf(int version) const;
    PoemCard* focusedCard() const;

    services::PoemSource& m_poems;
    services::VerseSource& m_verse;
    Theme m_theme;
    std::function<quint64()> m_seeds;
    quint64 m_request = 0;       // 0: nothing is being composed
    QPointer<PoemCard> m_target; // the card that is composed again; null: all are new
    QHash<quint64, QPointer<PoemCard>> m_analyses;
    QHash<quint64, QPointer<PoemCard>> m_conversions;
    QPointer<PoemCard> m_current;
    bool m_chosen = false; // the writer has touched a card
    bool m_saidBad = false;
    PoemForm* m_form = nullptr;
    QPushButton* m_compose = nullptr;
    QPushButton* m_stop = nullptr;
    QLabel* m_model = nullptr;
    QLabel* m_message = nullptr;
    PoemCards* m_cards = nullptr;
};

} // namespace linnet::ui
