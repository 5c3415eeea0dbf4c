using System.Buffers.Binary;
using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Conversions;

/// <summary>The values of the dimensions for one event and its session. A session has the value of its first event that has one; a pair of
/// fields has a value once both have. The customer's record keeps the session's values by field.
/// One instance per lane: it holds what was read last.</summary>
internal sealed class SessionDimensions
{
    /// <summary>Longer values are cut.</summary>
    public const int ValueBytesMax = 256;

    private readonly Field[] _fields;
    private readonly Dimension[] _dimensions;
    private readonly bool _keepsFirstOrder;

    public SessionDimensions(ConversionDefinition definition)
    {
        var dimensions = definition.Dimensions;
        string[] names = [.. dimensions.SelectMany(dimension => dimension.FieldNames).Distinct(StringComparer.Ordinal)];
        _fields = [.. names.Select(name => new Field(name, FirstOrderCohort.Named(name, definition.TimeZone)))];
        _keepsFirstOrder = names.Any(FirstOrderCohort.IsNamed);
        _dimensions = [.. dimensions.Select(dimension => new Dimension(
            dimension, _fields[Array.IndexOf(names, dimension.FieldNames[0])],
            dimension.FieldNames.Count > 1 ? _fields[Array.IndexOf(names, dimension.FieldNames[1])] : null))];
    }

    public int Count => _dimensions.Length;

    /// <summary>The session got a value of some dimension with this event.</summary>
    public bool AnyBecameKnown { get; private set; }

    /// <summary>Takes up an event of the customer's session.</summary>
    /// <param name="began">The event is the session's first.</param>
    public void Read(CustomerRecord record, in StorefrontEvent e, EventBatch batch, bool began, OrderProgress order)
    {
        if (_keepsFirstOrder && order.News == OrderNews.New && record.Header.Orders == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(record.ResizeSection(SectionKind.FirstOrder, 0, sizeof(long)), order.OrderedAtMs);
        }

        AnyBecameKnown = false;
        foreach (var field in _fields)
        {
            field.Read(record, in e, batch, began);
            AnyBecameKnown |= field.BecameKnown;
        }

        foreach (var dimension in _dimensions)
        {
            dimension.Combine();
        }
    }

    /// <summary>The session's value; empty while it has none. Valid until the next event.</summary>
    public ReadOnlySpan<byte> OfSession(int dimension) => _dimensions[dimension].OfSession.Span;

    /// <summary>What the event itself carries, or else the session's value.</summary>
    public ReadOnlySpan<byte> OfEvent(int dimension) => _dimensions[dimension].OfEvent.Span;

    /// <summary>The session has its value from this event on, and for all that was before.</summary>
    public bool BecameKnown(int dimension) => _dimensions[dimension].BecameKnown;

    /// <summary>A number that is another for another value or dimension; never 0.</summary>
    public uint HashOfSession(int dimension) => _dimensions[dimension].Hash;

    private sealed class Field(string name, FirstOrderCohort? cohort)
    {
        private readonly EventField _field = EventField.Named(name);
        private readonly ushort _section = unchecked((ushort)KeyHash.Of(Encoding.UTF8.GetBytes(name)));

        public Text OfSession { get; } = new();

        public Text OfEvent { get; } = new();

        public bool BecameKnown { get; private set; }

        public void Read(CustomerRecord record, in StorefrontEvent e, EventBatch batch, bool began)
        {
            BecameKnown = false;
            if (began)
            {
                record.ResizeSection(SectionKind.SessionDimension, _section, 0);
            }

            // Copies, because sections move while the event is counted.
            OfSession.Set(record.Section(SectionKind.SessionDimension, _section));
            OfEvent.Set(cohort is null ? _field.ReadText(in e, batch) : cohort.Read(record));
            if (OfEvent.IsEmpty)
            {
                OfEvent.Set(OfSession.Span);
            }
            else if (OfSession.IsEmpty)
            {
                OfSession.Set(OfEvent.Span);
                OfSession.Span.CopyTo(record.ResizeSection(SectionKind.SessionDimension, _section, OfSession.Span.Length));
                BecameKnown = true;
            }
        }
    }

    private sealed class Dimension(ConversionDimension definition, Field first, Field? second)
    {
        private readonly Text _session = new();
        private readonly Text _event = new();
        private readonly uint _salt = unchecked((uint)KeyHash.Of(definition.NameUtf8));

        public Text OfSession => second is null ? first.OfSession : _session;

        public Text OfEvent => second is null ? first.OfEvent : _event;

        public bool BecameKnown => second is null
            ? first.BecameKnown
            : (first.BecameKnown || second.BecameKnown) && !_session.IsEmpty;

        public uint Hash => unchecked((uint)KeyHash.Of(OfSession.Span) ^ _salt) | 1;

        public void Combine()
        {
            if (second is not null)
            {
                _session.SetPair(first.OfSession, second.OfSession);
                _event.SetPair(first.OfEvent, second.OfEvent);
            }
        }
    }

    /// <summary>A short text that can be set again.</summary>
    private sealed class Text
    {
        private readonly byte[] _bytes = new byte[ValueBytesMax];
        private int _length;

        public bool IsEmpty => _length == 0;

        public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

        public void Set(ReadOnlySpan<byte> text)
        {
            _length = Math.Min(text.Length, ValueBytesMax);
            text[.._length].CopyTo(_bytes);
        }

        /// <summary>Empty unless both are known. Each is cut to half the room, so that pairs which differ in either stay different.</summary>
        public void SetPair(Text first, Text second)
        {
            _length = 0;
            if (!first.IsEmpty && !second.IsEmpty)
            {
                Append(first.Span);
                _bytes[_length++] = (byte)ConversionDimension.PairSign;
                Append(second.Span);
            }
        }

        private void Append(ReadOnlySpan<byte> text)
        {
            text = text[..Math.Min(text.Length, (ValueBytesMax - 1) / 2)];
            text.CopyTo(_bytes.AsSpan(_length));
            _length += text.Length;
        }
    }
}
