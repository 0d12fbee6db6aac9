// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/plot_card.h"

#include "ui/overview/plot_legend.h"
#include "ui/overview/qcustomplot.h"
#include "ui/theme/colours.h"

#include <QKeyEvent>
#include <QResizeEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace lunargate::ui {

namespace {

constexpr int kPlotHeight = 112;           // at least
constexpr QMargins kMargins(62, 6, 8, 20); // of all plots, so that their times stand below each other
constexpr int kSmaller = 2;                // pixels, of the axes' texts
constexpr double kBarShare = 0.8;          // of a bucket's width
constexpr double kManyDays = 5 * 86'400.0; // from here on days are named, not hours

constexpr int kTicks = 6;          // about so many times are named
constexpr int kTicksOfMinutes = 3; // likewise, where they would not be whole minutes
constexpr int kTickWidth = 80;     // pixels that each of them wants

/// Names values as the rest of the page does.
class ValueTicker : public QCPAxisTicker
{
public:
    explicit ValueTicker(QString (*text)(double)) : m_text(text) { setTickCount(3); }

protected:
    QString getTickLabel(double tick, const QLocale &, QChar, int) override { return m_text(tick); }

private:
    QString (*m_text)(double);
};

QSharedPointer<QCPAxisTicker> timeTicker(const PlotData &data, int width)
{
    const double length = data.begins.back() - data.begins.front();
    const int most = data.width() < 60 ? kTicksOfMinutes : kTicks;
    auto ticker = QSharedPointer<QCPAxisTickerDateTime>::create();
    ticker->setDateTimeFormat(length > kManyDays ? QStringLiteral("ddd d") : QStringLiteral("HH:mm"));
    ticker->setTickOrigin(QCPAxisTickerDateTime::keyToDateTime(data.begins.front()).date().startOfDay());
    ticker->setTickCount(std::clamp(width / kTickWidth, 2, most));
    return ticker;
}

} // namespace

PlotCard::PlotCard() : m_legend(new PlotLegend), m_plot(new QCustomPlot), m_mark(new QCPItemRect(m_plot))
{
    setObjectName("card");
    setFocusPolicy(Qt::StrongFocus);
    m_plot->setObjectName("plot");
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMinimumHeight(kPlotHeight);
    m_plot->axisRect()->setAutoMargins(QCP::msNone);
    m_plot->axisRect()->setMargins(kMargins);
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->xAxis->setSubTicks(false);
    m_plot->yAxis->setSubTicks(false);
    m_plot->yAxis->setTickLength(0);
    m_plot->yAxis->setBasePen(Qt::NoPen);
    m_plot->installEventFilter(this);
    m_mark->setLayer(QStringLiteral("overlay")); // drawn anew without the rest
    m_mark->setClipToAxisRect(true);
    m_mark->setPen(Qt::NoPen);
    for (QCPItemPosition *corner : {m_mark->topLeft, m_mark->bottomRight}) {
        corner->setTypeX(QCPItemPosition::ptPlotCoords);
        corner->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    m_mark->setVisible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 8, 4);
    column->setSpacing(2);
    column->addWidget(m_legend);
    column->addWidget(m_plot, 1);
}

void PlotCard::show(const PlotData &data)
{
    const bool isFirst = m_data.isEmpty();
    m_data = data;
    if (isFirst)
        makeSeries();
    fillSeries();
    m_plot->xAxis->setTicker(timeTicker(m_data, m_plot->width()));
    m_plot->xAxis->setRange(m_data.begins.front(), m_data.begins.back() + m_data.width());
    m_plot->yAxis->setRange(0, m_data.top());
    setAccessibleName(m_data.title);
    m_current = std::min(m_current, m_data.begins.size() - 1);
    showCurrent();
    if (isFirst)
        colour();
    else
        m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCard::makeSeries()
{
    m_plot->yAxis->setTicker(QSharedPointer<ValueTicker>::create(m_data.text));
    QCPBars *below = nullptr;
    for (qsizetype i = 0; i < m_data.series.size(); ++i) {
        if (m_data.form == PlotData::Form::Lines) {
            QCPGraph *graph = m_plot->addGraph();
            m_series.append(graph);
            continue;
        }
        auto *bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
        bars->setAntialiased(false);
        bars->setStackingGap(0);
        if (below)
            bars->moveAbove(below);
        m_series.append(below = bars);
    }
}

void PlotCard::fillSeries()
{
    QList<double> middles = m_data.begins;
    for (double &middle : middles)
        middle += m_data.width() / 2;
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        if (auto *bars = qobject_cast<QCPBars *>(m_series[i])) {
            bars->setWidth(m_data.width() * kBarShare);
            bars->setData(middles, m_data.series[i].values, true);
        } else if (auto *graph = qobject_cast<QCPGraph *>(m_series[i])) {
            graph->setData(middles, m_data.series[i].values, true);
        }
    }
}

void PlotCard::setCurrent(qsizetype bucket)
{
    if (std::exchange(m_current, std::min(bucket, m_data.begins.size() - 1)) == bucket)
        return;
    showCurrent();
    m_plot->layer(QStringLiteral("overlay"))->replot();
}

void PlotCard::showCurrent()
{
    m_legend->show(m_data, m_current);
    m_mark->setVisible(m_current >= 0);
    setAccessibleDescription(m_current >= 0 ? m_data.spoken(m_current) : m_data.summary());
    if (m_current < 0)
        return;
    const double begin = m_data.begins[m_current];
    m_mark->topLeft->setCoords(begin, 0);
    m_mark->bottomRight->setCoords(begin + m_data.width(), 1);
}

qsizetype PlotCard::bucketAt(double x) const
{
    if (m_data.isEmpty() || !m_plot->xAxis->range().contains(m_plot->xAxis->pixelToCoord(x)))
        return -1;
    const double key = m_plot->xAxis->pixelToCoord(x);
    return std::ranges::upper_bound(m_data.begins, key) - m_data.begins.begin() - 1;
}

bool PlotCard::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_plot)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::Wheel) {
        event->ignore(); // scrolls the page
        return true;
    }
    if (event->type() == QEvent::Resize && !m_data.isEmpty())
        m_plot->xAxis->setTicker(timeTicker(m_data, static_cast<QResizeEvent *>(event)->size().width()));
    else if (event->type() == QEvent::MouseMove)
        Q_EMIT currentWanted(bucketAt(static_cast<QMouseEvent *>(event)->position().x()));
    else if (event->type() == QEvent::Leave)
        Q_EMIT currentWanted(-1);
    return false;
}

void PlotCard::keyPressEvent(QKeyEvent *event)
{
    const qsizetype last = m_data.begins.size() - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        Q_EMIT currentWanted(m_current < 0 ? last : std::max<qsizetype>(m_current - 1, 0));
        return;
    case Qt::Key_Right:
        Q_EMIT currentWanted(m_current < 0 ? 0 : std::min(m_current + 1, last));
        return;
    case Qt::Key_Home:
        Q_EMIT currentWanted(0);
        return;
    case Qt::Key_End:
        Q_EMIT currentWanted(last);
        return;
    case Qt::Key_Escape:
        Q_EMIT currentWanted(-1);
        return;
    default:
        QFrame::keyPressEvent(event);
    }
}

void PlotCard::focusOutEvent(QFocusEvent *event)
{
    QFrame::focusOutEvent(event);
    Q_EMIT currentWanted(-1);
}

void PlotCard::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        colour();
}

void PlotCard::colour()
{
    const Colours colours = coloursOf(palette());
    QFont small = font();
    small.setPixelSize(fontInfo().pixelSize() - kSmaller);
    m_plot->setBackground(colours.surface);
    m_mark->setBrush(QColor(colours.text.red(), colours.text.green(), colours.text.blue(), 30));
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickLabelFont(small);
        axis->setTickLabelColor(colours.muted);
        axis->setTickPen(colours.border);
        axis->grid()->setPen(QPen(colours.border, 1));
        axis->grid()->setZeroLinePen(QPen(colours.border, 1));
    }
    m_plot->xAxis->setBasePen(QPen(colours.border, 1));
    for (qsizetype i = 0; i < m_series.size(); ++i) {
        const QColor colour = colourOf(colours, m_data.series[i].colour);
        if (qobject_cast<QCPBars *>(m_series[i])) {
            m_series[i]->setPen(Qt::NoPen);
            m_series[i]->setBrush(colour);
        } else if (auto *graph = qobject_cast<QCPGraph *>(m_series[i])) {
            graph->setPen(QPen(colour, 1.6));
            graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, colour, 4));
        }
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

} // namespace lunargate::ui
