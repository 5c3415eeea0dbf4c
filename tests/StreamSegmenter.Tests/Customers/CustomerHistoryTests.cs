using System.Runtime.CompilerServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Customers;

public sealed class CustomerHistoryTests
{
    private const int FixedBytes = 120 + 37;

    [Fact]
    public void A_baseline_is_restored_from_its_difference_however_the_state_changed()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var earlier = State(random, []);
            var present = State(random, earlier);
            var difference = new byte[StateDifference.BytesMax(earlier.Length)];
            var length = StateDifference.Write(earlier, present, FixedBytes, difference);

            var restored = new byte[StateDifference.EarlierLength(difference)];
            StateDifference.Read(difference.AsSpan(0, length), present, FixedBytes, restored);

            Assert.True(earlier.AsSpan().SequenceEqual(restored), $"seed {seed}");
        }
    }

    [Fact]
    public void The_difference_of_a_state_that_hardly_changed_is_small()
    {
        var random = new Random(7);
        var earlier = State(random, []);
        var present = earlier.ToArray();
        present[9]++;
        var difference = new byte[StateDifference.BytesMax(earlier.Length)];

        Assert.InRange(StateDifference.Write(earlier, present, FixedBytes, difference), 1, 60);
    }

    [Fact]
    public void A_record_comes_back_with_its_baseline_and_its_events()
    {
        var record = new CustomerRecord();
        record.Initialize(Layout);
        record.ResizeSection(SectionKind.Cart, 1, 50).Fill(3);
        record.ResizeSection(SectionKind.SeenEvents, 0, 12).Fill(8);
        record.ResizeSection(SectionKind.Cart, 2, 20).Fill(4);
        record.SetBaseline(int.MaxValue);
        var baseline = record.History.Baseline.ToArray();
        record.History.Events.Append([1, 2, 3]);
        record.Header.Orders = 7;
        record.ResizeSection(SectionKind.Cart, 2, 0);
        record.ResizeSection(SectionKind.Cart, 1, 60)[55] = 9;

        for (var time = 0; time < 3; time++)
        {
            var loaded = new CustomerRecord();
            loaded.Load(record.ToStored().Span, new RecordLayouts(Layout));
            Assert.Equal(record.Bytes.ToArray(), loaded.Bytes.ToArray());
            if (time != 1)
            {
                // The second time it is stored as it was loaded.
                loaded.OpenHistory();
                Assert.Equal(baseline, loaded.History.Baseline.ToArray());
                Assert.Equal([1, 2, 3], loaded.History.Events.Bytes.ToArray());
            }

            record = loaded;
        }

        // The ids that were seen are not part of it.
        Assert.Equal(Unsafe.SizeOf<CustomerHeader>() + 21 + (8 + 50) + (8 + 20), baseline.Length);
    }

    [Fact]
    public void Records_that_share_an_arena_do_not_share_a_byte()
    {
        var random = new Random(3);
        var arena = new RecordArena();
        for (var commit = 0; commit < 20; commit++)
        {
            var lists = Enumerable.Range(0, 50).Select(_ => new SharedList(arena)).ToList();
            for (var step = 0; step < 2_000; step++)
            {
                var shared = lists[random.Next(lists.Count)];
                var bytes = new byte[random.Next(1, step == 1_000 ? 70_000 : 90)];
                random.NextBytes(bytes);
                shared.List.Append(bytes);
                shared.Model.AddRange(bytes);
                var taken = arena.Take(40);
                taken.AsSpan(0, 7).Fill(1);
                arena.Shorten(40, 7);
            }

            Assert.All(lists, pair => Assert.Equal(pair.Model, pair.List.Bytes.ToArray()));
            arena.Clear();
        }
    }

    private sealed class SharedList
    {
        public RecentEventList List;

        public SharedList(RecordArena arena) => List.Arena = arena;

        public List<byte> Model { get; } = [];
    }

    [Fact]
    public void Recent_events_are_read_as_they_were_folded()
    {
        var recent = new RecentEvents(["channel"u8.ToArray()]);
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var list = new RecentEventList();
            var written = new EventBatch();
            var ties = new List<TieBreak>();
            for (var i = random.Next(1, RecentEvents.EntriesMax); i > 0; i--)
            {
                Write(written, random);
                var tie = EventOrder.TieOf(in written[written.Count - 1], written);
                if (recent.TryAppend(ref list, in written[written.Count - 1], written, tie))
                {
                    ties.Add(tie);
                }
            }

            var read = new EventBatch();
            var readTies = new List<TieBreak>();
            RecentEventReader.Read(list.Bytes, "ann"u8, read, readTies);

            Assert.Equal(ties, readTies);
            Assert.Equal(ties.Count, RecentEvents.CountOf(in list));
            for (var i = 0; i < read.Count; i++)
            {
                Assert.Equal(Describe(in written[i], written), Describe(in read[i], read));
            }
        }
    }

    [Fact]
    public void The_first_half_can_be_dropped_where_the_texts_were_forgotten()
    {
        var recent = new RecentEvents(["channel"u8.ToArray()]);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var list = default(RecentEventList);
            var written = new EventBatch();
            var (dropped, droppedLength) = (random.Next(1, 40), 0);
            var count = dropped + random.Next(0, 20);
            for (var i = 0; i < count; i++)
            {
                if (i == dropped)
                {
                    RecentEventLayout.ForgetTexts(list.Bytes);
                }

                droppedLength = i <= dropped ? list.Bytes.Length : droppedLength;
                Write(written, random);
                Assert.True(recent.TryAppend(ref list, in written[i], written, EventOrder.TieOf(in written[i], written)));
            }

            list.DropFirst(dropped, count > dropped ? droppedLength : list.Bytes.Length);
            Write(written, random);
            Assert.True(recent.TryAppend(ref list, in written[count], written, EventOrder.TieOf(in written[count], written)));
            var read = new EventBatch();
            RecentEventReader.Read(list.Bytes, "ann"u8, read, []);

            Assert.Equal(count + 1 - dropped, read.Count);
            for (var i = 0; i < read.Count; i++)
            {
                Assert.Equal(Describe(in written[dropped + i], written), Describe(in read[i], read));
            }
        }
    }

    [Fact]
    public void The_list_refuses_what_is_beyond_its_bounds_and_stays_as_it_was()
    {
        var recent = new RecentEvents([]);
        var list = new RecentEventList();
        var batch = new EventBatch();
        ref var e = ref batch.BeginEvent(0, 0, 1, 0);
        e.Type = EventTypes.ProductViewed;
        e.Fields = EventFields.EventTime;
        e.CustomerId = batch.Append("ann"u8);
        e.ProductId = batch.Append(new byte[RecentEvents.BytesMax]);
        batch.CompleteEvent();
        Assert.False(recent.TryAppend(ref list, in batch[0], batch, default));
        Assert.True(list.IsEmpty);

        for (var i = 0; i < RecentEvents.EntriesMax; i++)
        {
            Write(batch, new Random(i));
            Assert.True(recent.TryAppend(ref list, in batch[batch.Count - 1], batch, default));
        }

        var full = list.Bytes.ToArray();
        Assert.False(recent.TryAppend(ref list, in batch[batch.Count - 1], batch, default));
        Assert.Equal(full, list.Bytes.ToArray());
    }

    /// <summary>Stored records name well-known types by these numbers.</summary>
    [Fact]
    public void The_numbers_of_the_well_known_types_stay() => Assert.Equal(
        "product_viewed product_added product_removed cart_viewed checkout_started checkout_step_completed payment_failed order_completed "
        + "order_refunded order_cancelled page_viewed products_searched campaign_clicked identify consent_changed erase_requested "
        + "experiment_viewed feedback_submitted quantity_changed cart_replaced",
        string.Join(' ', EventTypes.WellKnown.Take(20)));

    private static RecordLayout Layout { get; } = new([], [new AggregateLayout("a trait", 21)]);

    private static byte[] State(Random random, byte[] earlier)
    {
        var state = new List<byte>(earlier.Length > 0 ? earlier[..FixedBytes] : Bytes(random, FixedBytes));
        for (var changes = random.Next(20); changes > 0; changes--)
        {
            state[random.Next(FixedBytes)] = (byte)random.Next(256);
        }

        var sections = Sections(earlier);
        for (ushort id = 0; id < 5; id++)
        {
            var old = sections.GetValueOrDefault(id, []);
            if (random.Next(4) == 0)
            {
                continue;
            }

            var length = random.Next(2) == 0 ? old.Length : random.Next(90);
            var payload = Bytes(random, length);
            old.AsSpan(0, Math.Min(old.Length, length)).CopyTo(payload);
            if (length > 0)
            {
                payload[random.Next(length)] = (byte)random.Next(256);
                var section = new byte[8 + length];
                new RecordSection(2, id, 0, length).WriteHeader(section);
                payload.CopyTo(section.AsSpan(8));
                state.InsertRange(random.Next(3) == 0 ? FixedBytes : state.Count, section);
            }
        }

        return [.. state];
    }

    private static Dictionary<ushort, byte[]> Sections(byte[] state)
    {
        var sections = new Dictionary<ushort, byte[]>();
        for (var at = FixedBytes; at < state.Length;)
        {
            var section = RecordSection.At(state, at);
            sections[section.Id] = section.PayloadIn(state).ToArray();
            at = section.End;
        }

        return sections;
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void Write(EventBatch batch, Random random)
    {
        ref var e = ref batch.BeginEvent(0, 0, random.Next(3) == 0 ? random.NextInt64() : random.Next(500), random.Next(3));
        e.Type = random.Next(5) == 0 ? EventTypes.Intern($"custom_{random.Next(3)}") : new EventType((ushort)random.Next(EventTypes.WellKnown.Count));
        e.EventTimeMs = 1_790_000_000_000 + random.NextInt64(-5_000, 5_000_000);
        e.Fields = EventFields.EventTime | (EventFields)(random.Next(256) & 0b0110_1110);
        e.PriceMinor = e.Has(EventFields.Price) ? random.NextInt64(-5, 500_000) : 0;
        e.TotalMinor = e.Has(EventFields.Total) ? random.NextInt64(long.MinValue, long.MaxValue) : 0;
        e.Quantity = e.Has(EventFields.Quantity) ? random.Next(-3, 70) : 0;
        e.Currency = random.Next(3) == 0 ? default : new Currency(random.Next(2) == 0 ? 0x455552u : 0x555344u);
        e.CustomerId = batch.Append("ann"u8);
        e.EventId = batch.Append(Text(random, 12));
        e.SessionId = batch.Append(Text(random, 3));
        e.CartId = batch.Append(Text(random, 3));
        e.OrderId = batch.Append(Text(random, 3));
        e.ProductId = batch.Append(Text(random, 9));
        e.Category = batch.Append(Text(random, 3));
        if (random.Next(2) == 0)
        {
            batch.AddProperty("channel"u8, Text(random, 2));
            batch.AddProperty("not read"u8, random.Next());
        }

        if (random.Next(4) == 0)
        {
            batch.AddLine(Text(random, 5), Text(random, 3), random.Next(4), random.Next(900));
        }

        batch.CompleteEvent();
    }

    private static ReadOnlySpan<byte> Text(Random random, int lengthMax)
    {
        var text = new byte[random.Next(lengthMax)];
        foreach (ref var letter in text.AsSpan())
        {
            letter = (byte)random.Next('a', 'c');
        }

        return text;
    }

    private static string Describe(in StorefrontEvent e, EventBatch batch)
    {
        var properties = new List<string>();
        var reader = batch.Properties(in e);
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("channel"u8))
            {
                properties.Add(Convert.ToHexString(reader.Entry));
            }
        }

        return string.Join(' ', EventTypes.NameOf(e.Type), e.EventTimeMs, e.Fields, e.PriceMinor, e.TotalMinor, e.Quantity, e.Currency.Packed,
            Hex(batch.Text(in e, e.CustomerId)), Hex(batch.Text(in e, e.SessionId)), Hex(batch.Text(in e, e.CartId)),
            Hex(batch.Text(in e, e.OrderId)), Hex(batch.Text(in e, e.ProductId)), Hex(batch.Text(in e, e.Category)),
            Hex(batch.Text(in e, e.Lines)), string.Join(',', properties));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
