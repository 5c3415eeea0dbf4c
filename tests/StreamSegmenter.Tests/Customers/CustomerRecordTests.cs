using System.Runtime.CompilerServices;
using StreamSegmenter.Customers;

namespace StreamSegmenter.Tests.Customers;

public sealed class CustomerRecordTests
{
    [Fact]
    public void A_new_record_waits_for_nothing()
    {
        var record = new CustomerRecord();
        record.Initialize(Layout(24));

        Assert.Equal(long.MaxValue, record.Header.NextDueMs);
        Assert.Equal(long.MaxValue, record.Header.WheelDueMs);
        Assert.Equal(24, record.Aggregates.Length);
        Assert.True(record.Section(1, 1).IsEmpty);
    }

    [Fact]
    public void A_section_grows_with_zeros_and_loses_its_end()
    {
        var record = new CustomerRecord();
        record.Initialize(Layout(0));
        new byte[] { 1, 2, 3 }.CopyTo(record.ResizeSection(1, 1, 3));
        record.ResizeSection(2, 1, 5).Fill(9);

        Assert.Equal([1, 2, 3, 0, 0], record.ResizeSection(1, 1, 5).ToArray());
        Assert.Equal([1, 2], record.ResizeSection(1, 1, 2).ToArray());
        Assert.Equal([1, 2, 0], record.ResizeSection(1, 1, 3).ToArray());
        Assert.Equal([9, 9, 9, 9, 9], record.Section(2, 1).ToArray());
    }

    [Fact]
    public void A_record_used_again_remembers_nothing()
    {
        var record = new CustomerRecord();
        record.Initialize(Layout(8));
        record.Aggregates.Fill(5);
        record.ResizeSection(1, 1, 100).Fill(5);
        record.Initialize(Layout(16));

        Assert.True(record.Section(1, 1).IsEmpty);
        Assert.Equal(new byte[16], record.Aggregates.ToArray());
        Assert.Equal(new byte[100], record.ResizeSection(1, 1, 100).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Its_sections_are_those_of_a_dictionary(int seed)
    {
        var random = new Random(seed);
        var record = new CustomerRecord();
        record.Initialize(Layout(random.Next(5) * 8));
        record.Aggregates.Fill(0xAB);
        var model = new Dictionary<(ushort Kind, ushort Id), byte[]>();
        for (var step = 0; step < 4000; step++)
        {
            (ushort Kind, ushort Id) key = ((ushort)random.Next(1, 4), (ushort)random.Next(5));
            var length = random.Next(4) == 0 ? 0 : random.Next(random.Next(2) == 0 ? 10 : 700);
            var expected = new byte[length];
            var old = model.GetValueOrDefault(key, []);
            old.AsSpan(0, Math.Min(length, old.Length)).CopyTo(expected);
            var section = record.ResizeSection(key.Kind, key.Id, length);
            Assert.Equal(expected, section.ToArray());
            random.NextBytes(section);
            model[key] = section.ToArray();
            if (length == 0)
            {
                model.Remove(key);
            }

            if (random.Next(10) == 0)
            {
                record = Reload(record);
            }

            if (step % 9 == 0)
            {
                Check(record, model);
            }
        }
    }

    private static void Check(CustomerRecord record, Dictionary<(ushort Kind, ushort Id), byte[]> model)
    {
        for (ushort kind = 1; kind < 4; kind++)
        {
            var cursor = 0;
            var count = 0;
            while (record.NextSection(kind, ref cursor, out var id, out var payload))
            {
                Assert.Equal(model[(kind, id)], payload.ToArray());
                Assert.True(payload == record.Section(kind, id));
                count++;
            }

            Assert.Equal(model.Keys.Count(key => key.Kind == kind), count);
        }

        Assert.Equal(
            Unsafe.SizeOf<CustomerHeader>() + record.Aggregates.Length + model.Values.Sum(value => value.Length + 8), record.Bytes.Length);
        Assert.False(record.Aggregates.ContainsAnyExcept((byte)0xAB));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_record_of_an_older_or_newer_version_is_refused_with_what_to_do(ushort version)
    {
        var record = new CustomerRecord();
        record.Initialize(Layout(8));
        record.Header.FormatVersion = version;

        var error = Assert.Throws<InvalidDataException>(() => new CustomerRecord().Load(record.Bytes.Span, new RecordLayouts(Layout(8))));

        Assert.Contains($"has version {version}; this program reads version 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("start with a new changelog topic", error.Message, StringComparison.Ordinal);
    }

    private static RecordLayout Layout(int traitBytes) => new([], [new AggregateLayout("a trait", traitBytes)]);

    private static CustomerRecord Reload(CustomerRecord record)
    {
        var copy = new CustomerRecord();
        copy.Load(record.Bytes.Span, new RecordLayouts(Layout(record.Aggregates.Length)));
        Assert.Equal(record.Bytes.ToArray(), copy.Bytes.ToArray());
        return copy;
    }
}
