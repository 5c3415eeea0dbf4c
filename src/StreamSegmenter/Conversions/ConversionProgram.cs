using System.Buffers.Binary;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Conversions;

/// <summary>Counts visitors, sessions, funnel steps and orders into the panes of every window, for all traffic and for each
/// dimension. A session and what it reaches count in the window in which it began, so that the rates are those of a cohort;
/// visitors and orders count in the window of the event.
/// <para>Visitors are exact: the customer's record remembers in which pane (and with which dimension values) the customer
/// was counted last. An event of an earlier window than that counts no visitor.</para>
/// One instance per lane: it holds what it read last.</summary>
internal sealed class ConversionProgram
{
    private const int ValuesPerVisitMax = 16;

    // Beside the mark that a visitor of a value was counted, marks that a customer was, and one who came back. They leave the lowest bit,
    // which no mark is without.
    private const uint CustomerMark = 0x5A5A_5A5A;
    private const uint RepeatMark = 0xA5A5_A5A4;
    private const uint AllTrafficMark = 1;
    private const int MarksPerValue = 3;
    private const int StartBytes = 8;
    private readonly WindowBounds[] _bounds;
    private readonly SessionDimensions _dimensions;

    /// <summary>By what the window is, not by place: a window keeps its section when the list of windows changes.</summary>
    private readonly ushort[] _visitSections;
    private readonly int _visitBytesMax;

    public ConversionProgram(ConversionDefinition definition)
    {
        _bounds = definition.NewBounds();
        _dimensions = new SessionDimensions(definition);
        _visitSections = [.. definition.Windows.Select(window => unchecked((ushort)KeyHash.Of(BitConverter.GetBytes(window.LengthMs + (int)window.Unit))))];
        _visitBytesMax = StartBytes + (sizeof(uint) * MarksPerValue * (1 + (ValuesPerVisitMax * definition.Dimensions.Count)));
    }

    /// <summary>Counts one event that has been folded into its customer's session.</summary>
    public void Count(
        CustomerRecord record, in StorefrontEvent e, EventBatch batch, SessionProgress session, OrderProgress order,
        IConversionPanes panes)
    {
        _dimensions.Read(record, in e, batch, session.Began, order);
        for (var window = 0; window < _bounds.Length; window++)
        {
            var key = new PaneKey(window, _bounds[window].StartOf(e.EventTimeMs), PaneKey.AllTraffic);
            CountEvent(key, panes);
            CountVisit(record, key, panes);
            if (order.News == OrderNews.New)
            {
                CountCustomer(record, key, panes);
            }

            if (session.Changed || _dimensions.AnyBecameKnown)
            {
                CountSession(record, window, e.EventTimeMs, session, panes);
            }

            if (order.News is OrderNews.New or OrderNews.TotalChanged or OrderNews.Refunded)
            {
                CountOrder(window, order, e.EventTimeMs, panes);
            }
        }
    }

    private void CountEvent(PaneKey key, IConversionPanes panes)
    {
        panes.Open(key, default).Events++;
        for (var dimension = 0; dimension < _dimensions.Count; dimension++)
        {
            if (_dimensions.OfEvent(dimension) is { IsEmpty: false } value)
            {
                panes.Open(key.By(dimension), value).Events++;
            }
        }
    }

    private void CountVisit(CustomerRecord record, PaneKey key, IConversionPanes panes)
    {
        var section = _visitSections[key.Window];
        var visits = record.Section(SectionKind.Visits, section);
        var counted = visits.IsEmpty ? long.MinValue : BinaryPrimitives.ReadInt64LittleEndian(visits);
        if (key.StartMs < counted)
        {
            return;
        }

        if (key.StartMs > counted)
        {
            panes.Open(key, default).Visitors++;
            visits = record.ResizeSection(SectionKind.Visits, section, StartBytes);
            BinaryPrimitives.WriteInt64LittleEndian(visits, key.StartMs);
        }

        for (var dimension = 0; dimension < _dimensions.Count; dimension++)
        {
            var value = _dimensions.OfSession(dimension);
            if (value.IsEmpty || Contains(visits[StartBytes..], _dimensions.HashOfSession(dimension)))
            {
                continue;
            }

            if (TryMark(record, section, _dimensions.HashOfSession(dimension)))
            {
                panes.Open(key.By(dimension), value).Visitors++;
                visits = record.Section(SectionKind.Visits, section);
            }
        }
    }

    /// <summary>Counts who ordered, once per pane. As with visitors, an order of an earlier window than the last one counted adds no customer.</summary>
    private void CountCustomer(CustomerRecord record, PaneKey key, IConversionPanes panes)
    {
        if (BinaryPrimitives.ReadInt64LittleEndian(record.Section(SectionKind.Visits, _visitSections[key.Window])) != key.StartMs)
        {
            return;
        }

        CountCustomer(record, key, default, AllTrafficMark, panes);
        for (var dimension = 0; dimension < _dimensions.Count; dimension++)
        {
            if (_dimensions.OfSession(dimension) is { IsEmpty: false } value)
            {
                CountCustomer(record, key.By(dimension), value, _dimensions.HashOfSession(dimension), panes);
            }
        }
    }

    private void CountCustomer(CustomerRecord record, PaneKey key, ReadOnlySpan<byte> value, uint mark, IConversionPanes panes)
    {
        var section = _visitSections[key.Window];
        var isFirstOrder = record.Header.Orders == 0;
        var isCustomer = TryMark(record, section, mark ^ CustomerMark);
        var isRepeat = !isFirstOrder && TryMark(record, section, mark ^ RepeatMark);
        if (isCustomer || isRepeat)
        {
            ref var pane = ref panes.Open(key, value);
            pane.Customers += isCustomer ? 1 : 0;
            pane.NewCustomers += isFirstOrder ? 1 : 0;
            pane.RepeatCustomers += isRepeat ? 1 : 0;
        }
    }

    /// <summary>Marks what the customer was counted as in the window; false when it was before, or there are too many marks.</summary>
    private bool TryMark(CustomerRecord record, ushort section, uint mark)
    {
        var visits = record.Section(SectionKind.Visits, section);
        var length = visits.Length;
        if (length >= _visitBytesMax || Contains(visits[StartBytes..], mark))
        {
            return false;
        }

        visits = record.ResizeSection(SectionKind.Visits, section, length + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(visits[length..], mark);
        return true;
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

    private void CountSession(CustomerRecord record, int window, long eventTimeMs, SessionProgress session, IConversionPanes panes)
    {
        var began = new PaneKey(window, _bounds[window].StartOf(record.Header.SessionStartMs), PaneKey.AllTraffic);
        if (!panes.IsOpen(began, eventTimeMs))
        {
            return;
        }

        if (session.Changed)
        {
            CountSession(ref panes.Open(began, default), record, session);
        }

        for (var dimension = 0; dimension < _dimensions.Count; dimension++)
        {
            var becameKnown = _dimensions.BecameKnown(dimension);
            var value = _dimensions.OfSession(dimension);
            if (!value.IsEmpty && (session.Changed || becameKnown))
            {
                // A value that comes in the middle of a session is that of the session from its start.
                CountSession(ref panes.Open(began.By(dimension), value), record, becameKnown ? SoFar(in record.Header) : session);
            }
        }
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
    private void CountOrder(int window, OrderProgress order, long eventTimeMs, IConversionPanes panes)
    {
        var timeMs = order.News == OrderNews.Refunded ? eventTimeMs : order.OrderedAtMs;
        var pane = new PaneKey(window, _bounds[window].StartOf(timeMs), PaneKey.AllTraffic);
        if (order.News == OrderNews.TotalChanged && !panes.IsOpen(pane, eventTimeMs))
        {
            return;
        }

        CountOrder(ref panes.Open(pane, default), order);
        for (var dimension = 0; dimension < _dimensions.Count; dimension++)
        {
            if (_dimensions.OfSession(dimension) is { IsEmpty: false } value)
            {
                CountOrder(ref panes.Open(pane.By(dimension), value), order);
            }
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
