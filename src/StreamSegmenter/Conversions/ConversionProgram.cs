using System.Buffers.Binary;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Conversions;

/// <summary>Counts visitors, sessions, funnel steps and orders into the panes of every window, for all traffic and for one
/// dimension. A session and what it reaches count in the window in which it began, so that the rates are those of a cohort;
/// visitors and orders count in the window of the event.
/// <para>Visitors are exact: the customer's record remembers in which pane (and with which dimension values) the customer
/// was counted last. An event of an earlier window than that counts no visitor.</para>
/// One instance per lane: it holds a buffer.</summary>
internal sealed class ConversionProgram
{
    /// <summary>Longer values of a dimension are cut.</summary>
    public const int ValueBytesMax = 256;

    private const int ValuesPerVisitMax = 16;
    private readonly byte[] _value = new byte[ValueBytesMax];
    private readonly ConversionDefinition _definition;
    private readonly EventField _dimension;

    /// <summary>By length, not by place: a window keeps its section when the list of windows changes.</summary>
    private readonly ushort[] _visitSections;

    public ConversionProgram(ConversionDefinition definition)
    {
        _definition = definition;
        _dimension = EventField.Named(definition.Dimension ?? "");
        _visitSections = [.. definition.WindowsMs.Select(ms =>
            unchecked((ushort)KeyHash.Of(BitConverter.GetBytes(ms))))];
    }

    /// <summary>Counts one event that has been folded into its customer's session.</summary>
    public void Count(
        CustomerRecord record, in StorefrontEvent e, EventBatch batch, SessionProgress session, OrderProgress order,
        IConversionPanes panes)
    {
        var value = SessionValue(record, in e, batch, session.Began, out var becameKnown);

        // A value that comes in the middle of a session is that of the session from its start.
        var ofValue = becameKnown ? SoFar(in record.Header) : session;
        for (var window = 0; window < _definition.WindowsMs.Count; window++)
        {
            var length = _definition.WindowsMs[window];
            var start = Tumbling.StartOf(e.EventTimeMs, length);
            CountVisit(record, window, start, value, panes);
            CountEvent(window, start, in e, batch, value, panes);
            var began = new PaneKey(window, Tumbling.StartOf(record.Header.SessionStartMs, length), false);
            if ((session.Changed || becameKnown) && panes.IsOpen(began, e.EventTimeMs))
            {
                CountSession(ref panes.Open(began, default), record, session);
                if (!value.IsEmpty)
                {
                    CountSession(ref panes.Open(began with { ByDimension = true }, value), record, ofValue);
                }
            }

            if (order.News is OrderNews.New or OrderNews.TotalChanged or OrderNews.Refunded)
            {
                CountOrder(window, order, e.EventTimeMs, value, panes);
            }
        }
    }

    /// <summary>The dimension's value of the session: that of its first event that has one.</summary>
    private ReadOnlySpan<byte> SessionValue(
        CustomerRecord record, scoped in StorefrontEvent e, EventBatch batch, bool began, out bool becameKnown)
    {
        becameKnown = false;
        if (_definition.Dimension is null)
        {
            return default;
        }

        if (began)
        {
            record.ResizeSection(SectionKind.SessionDimension, 0, 0);
        }

        ReadOnlySpan<byte> value = record.Section(SectionKind.SessionDimension, 0);
        if (value.IsEmpty)
        {
            value = _dimension.ReadText(in e, batch);
            value = value[..Math.Min(value.Length, ValueBytesMax)];
            value.CopyTo(record.ResizeSection(SectionKind.SessionDimension, 0, value.Length));
            becameKnown = !value.IsEmpty;
        }

        // A copy, because sections move while the visit is counted.
        value.CopyTo(_value);
        return _value.AsSpan(0, value.Length);
    }

    private void CountEvent(
        int window, long start, in StorefrontEvent e, EventBatch batch, ReadOnlySpan<byte> sessionValue, IConversionPanes panes)
    {
        panes.Open(new PaneKey(window, start, false), default).Events++;
        if (_definition.Dimension is null)
        {
            return;
        }

        var own = _dimension.ReadText(in e, batch);
        var value = own.IsEmpty ? sessionValue : own[..Math.Min(own.Length, ValueBytesMax)];
        if (!value.IsEmpty)
        {
            panes.Open(new PaneKey(window, start, true), value).Events++;
        }
    }

    private void CountVisit(
        CustomerRecord record, int window, long start, ReadOnlySpan<byte> value, IConversionPanes panes)
    {
        var section = _visitSections[window];
        var visits = record.Section(SectionKind.Visits, section);
        var counted = visits.IsEmpty ? long.MinValue : BinaryPrimitives.ReadInt64LittleEndian(visits);
        if (start < counted)
        {
            return;
        }

        var valueHash = value.IsEmpty ? 0u : unchecked((uint)KeyHash.Of(value)) | 1;
        if (start > counted)
        {
            panes.Open(new PaneKey(window, start, false), default).Visitors++;
            visits = record.ResizeSection(SectionKind.Visits, section, 8);
            BinaryPrimitives.WriteInt64LittleEndian(visits, start);
        }

        if (valueHash == 0 || Contains(visits[8..], valueHash) || visits.Length >= 8 + (4 * ValuesPerVisitMax))
        {
            return;
        }

        var length = visits.Length;
        visits = record.ResizeSection(SectionKind.Visits, section, length + 4);
        BinaryPrimitives.WriteUInt32LittleEndian(visits[length..], valueHash);
        panes.Open(new PaneKey(window, start, true), value).Visitors++;
    }

    private static bool Contains(ReadOnlySpan<byte> hashes, uint wanted)
    {
        for (; hashes.Length >= 4; hashes = hashes[4..])
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(hashes) == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static SessionProgress SoFar(in CustomerHeader header) => new(
        true, (header.SessionFlags & SessionFlags.Cart) != 0, (header.SessionFlags & SessionFlags.Order) != 0, 0,
        header.FunnelSteps);

    private static void CountSession(ref PaneCounts pane, CustomerRecord record, SessionProgress session)
    {
        const SessionFlags Both = SessionFlags.Cart | SessionFlags.Order;
        pane.Sessions += session.Began ? 1 : 0;
        pane.SessionsWithCart += session.FirstCart ? 1 : 0;
        pane.SessionsWithOrder += session.FirstOrder ? 1 : 0;
        if ((session.FirstCart || session.FirstOrder) && (record.Header.SessionFlags & Both) == Both)
        {
            pane.SessionsWithCartAndOrder++;
        }

        for (var step = session.FunnelFrom; step < session.FunnelTo; step++)
        {
            pane.Funnel[step]++;
        }
    }

    /// <summary>An order, and what its total becomes later, counts in the window in which it was ordered; money that goes back in the
    /// window in which it goes.</summary>
    private void CountOrder(int window, OrderProgress order, long eventTimeMs, ReadOnlySpan<byte> value, IConversionPanes panes)
    {
        var timeMs = order.News == OrderNews.Refunded ? eventTimeMs : order.OrderedAtMs;
        var pane = new PaneKey(window, Tumbling.StartOf(timeMs, _definition.WindowsMs[window]), false);
        if (order.News == OrderNews.TotalChanged && !panes.IsOpen(pane, eventTimeMs))
        {
            return;
        }

        CountOrder(ref panes.Open(pane, default), order);
        if (!value.IsEmpty)
        {
            CountOrder(ref panes.Open(pane with { ByDimension = true }, value), order);
        }
    }

    private static void CountOrder(ref PaneCounts pane, OrderProgress order)
    {
        pane.Orders += order.News == OrderNews.New ? 1 : 0;
        pane.OrdersWithValue += order.Valued;
        pane.RevenueMinor += order.TotalMinor;
        pane.RefundedMinor += order.RefundedMinor;
    }
}
