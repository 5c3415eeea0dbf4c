using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Testing.Reference;

/// <summary>What a history means, computed the naive way: sort everything, take one customer after the other, loop over lists.
/// Nothing of the engine is used but the rule's version.</summary>
internal sealed class Recomputation
{
    private readonly IReadOnlyList<DefinitionVersion> _versions;
    private StorefrontDefinitions _definitions;
    private SegmentProgram _segments;
    private int _version;
    private readonly List<NaiveCart?> _slots = [];
    private readonly Dictionary<string, long> _firedAtMs = [];
    private readonly List<(string CartId, long FiredAtMs)> _sent = [];
    private string _customer = "";
    private string? _channel;
    private long? _orderedAtMs;

    public Recomputation(IReadOnlyList<DefinitionVersion> versions, IReadOnlyList<PlacedFact> inOrder)
    {
        _versions = versions;
        (_definitions, _segments) = (versions[0].Definitions, versions[0].Segments);
        var endMs = inOrder.Count == 0 ? 0 : inOrder[^1].Fact.TimeMs;
        foreach (var history in inOrder.Select(placed => placed.Fact).GroupBy(fact => fact.Customer))
        {
            Live(history.Key, [.. history], endMs);
        }

        Metrics = new NaiveMetrics(versions[0].Definitions, inOrder, endMs);
    }

    /// <summary>Triggers as text, with everything that is in them.</summary>
    public List<string> Triggers { get; } = [];

    public int Pending { get; private set; }

    /// <summary>Prices that cannot be summed, each of which is said once.</summary>
    public int MixedPrices { get; private set; }

    public NaiveMetrics Metrics { get; }

    public static string TextOf(CartAbandoned trigger) => string.Join(
        ' ', trigger.TriggerId, trigger.Rule, trigger.RuleVersion, trigger.Kind, trigger.Step, trigger.Stage, trigger.CustomerId,
        trigger.CartId ?? "-", string.Join('+', trigger.Lines.Select(line => $"{line.Quantity}x{line.ProductId}@{line.PriceMinor}")),
        trigger.TotalMinor, trigger.Currency, trigger.CartCreatedAtMs, trigger.LastActivityAtMs, trigger.FiredAtMs,
        string.Join(',', trigger.Attributes.Select(pair => pair.Key + "=" + pair.Value)));

    private void Live(string customer, List<Fact> history, long endMs)
    {
        _customer = customer;
        _slots.Clear();
        _firedAtMs.Clear();
        _sent.Clear();
        _channel = null;
        _orderedAtMs = null;
        _version = 0;
        (_definitions, _segments) = (_versions[0].Definitions, _versions[0].Segments);
        foreach (var fact in history)
        {
            ChangeDefinitions(fact.TimeMs);
            LetTimePass(fact.TimeMs);
            _channel = fact.Channel.Length > 0 && AsksForChannel ? fact.Channel : _channel;
            Apply(fact);
            _orderedAtMs = fact.Type == EventTypes.OrderCompleted ? fact.TimeMs : _orderedAtMs;
        }

        ChangeDefinitions(endMs);
        LetTimePass(endMs);
        Pending += _slots.Sum(cart => cart?.Armed.Count ?? 0);
    }

    private bool AsksForChannel => _definitions.CartAbandonment.Any(rule => rule.Attributes.Count > 0);

    /// <summary>Versions take over that are due by then: each decides events from its instant on, and deadlines behind it.</summary>
    private void ChangeDefinitions(long untilMs)
    {
        while (_version + 1 < _versions.Count && _versions[_version + 1].EffectiveMs <= untilMs)
        {
            var next = _versions[++_version];
            LetTimePass(next.EffectiveMs);
            (_definitions, _segments) = (next.Definitions, next.Segments);
            _channel = AsksForChannel ? _channel : null;
            var steps = next.Definitions.CartAbandonment.ToDictionary(rule => rule.Id, rule => rule.StepsMs.Count);
            for (var slot = 0; slot < _slots.Count; slot++)
            {
                if (_slots[slot] is { } cart)
                {
                    var through = cart.Armed.Where(armed => armed.Value.Step >= steps.GetValueOrDefault(armed.Key)).Select(armed => armed.Key);
                    through.ToList().ForEach(rule => cart.Armed.Remove(rule));
                    cart.Fired.IntersectWith(steps.Keys);
                    _slots[slot] = steps.Count == 0 ? null : cart;
                }
            }
        }
    }

    private void LetTimePass(long untilMs)
    {
        while (_slots.OfType<NaiveCart>().Select(DueMs).DefaultIfEmpty(long.MaxValue).Min() is var dueMs && dueMs <= untilMs)
        {
            for (var slot = 0; slot < _slots.Count; slot++)
            {
                if (_slots[slot] is { } cart)
                {
                    Fire(cart, dueMs);
                    _slots[slot] = cart.LastActivityMs + _definitions.CartHorizonMs <= dueMs ? null : cart;
                }
            }
        }
    }

    private long DueMs(NaiveCart cart) => _definitions.CartAbandonment.Where(rule => cart.Armed.ContainsKey(rule.Id))
        .Select(rule => StepMs(rule, cart.Armed[rule.Id])).Append(cart.LastActivityMs + _definitions.CartHorizonMs).Min();

    private void Fire(NaiveCart cart, long dueMs)
    {
        foreach (var rule in _definitions.CartAbandonment)
        {
            if (!cart.Armed.TryGetValue(rule.Id, out var armed) || StepMs(rule, armed) > dueMs)
            {
                continue;
            }

            // Every step that is due is put to the test at its own instant; one rule fires one step at a time.
            var escalates = armed.Step > 0 && cart.Fired.Contains(rule.Id);
            cart.Armed[rule.Id] = armed with { Step = armed.Step + 1 };
            if (armed.Step + 1 == rule.StepsMs.Count)
            {
                cart.Armed.Remove(rule.Id);
            }

            var firedAtMs = StepMs(rule, armed);
            if ((escalates || !IsResting(rule, firedAtMs)) && Satisfies(rule, cart))
            {
                cart.Fired.Add(rule.Id);
                if (rule.Reentry is Reentry.AfterCooldown or Reentry.Never)
                {
                    _firedAtMs[rule.Id] = firedAtMs;
                }

                Remember(cart.Id, firedAtMs);
                Triggers.Add(TextOf(Describe(rule, cart, armed.AtMs, armed.Step)));
            }
        }
    }

    private static long StepMs(CartAbandonmentRule rule, (long AtMs, int Step) armed) => armed.AtMs + rule.StepsMs[armed.Step];

    /// <summary>What was sent lately is remembered in at most 32 places; by it an order knows a cart that is gone.</summary>
    private void Remember(string cartId, long firedAtMs)
    {
        var place = _sent.FindIndex(sent => sent.FiredAtMs + _definitions.GraceMs <= firedAtMs);
        if (place < 0 && _sent.Count < TriggerHistory.EntriesMax)
        {
            _sent.Add((cartId, firedAtMs));
            return;
        }

        place = place < 0 ? _sent.FindIndex(sent => sent.FiredAtMs == _sent.Min(other => other.FiredAtMs)) : place;
        _sent[place] = (cartId, firedAtMs);
    }

    private bool IsResting(CartAbandonmentRule rule, long atMs) => _firedAtMs.TryGetValue(rule.Id, out var firedAtMs)
        && (rule.Reentry == Reentry.Never || (rule.Reentry == Reentry.AfterCooldown && atMs < firedAtMs + rule.CooldownMs));

    private bool Satisfies(CartAbandonmentRule rule, NaiveCart cart) =>
        cart.Lines.Sum(line => line.Quantity) >= rule.ItemsMin
        && (rule.TotalMinMinor is null || (cart.TotalMinor >= rule.TotalMinMinor && cart.Currency == "EUR"))
        && (rule.InSegment is null || _orderedAtMs is not null) && (rule.NotInSegment is null || _orderedAtMs is null);

    private CartAbandoned Describe(CartAbandonmentRule rule, NaiveCart cart, long armedAtMs, int step)
    {
        var version = new CompiledRule(rule, _segments).VersionText;
        var attributes = rule.Attributes.Count > 0 && _channel is not null
            ? new Dictionary<string, string> { ["channel"] = _channel }
            : [];
        return new CartAbandoned(
            IdOf(rule.Id, version, _customer, cart.Id, step, armedAtMs), rule.Id, version, TriggerKind.Emitted, step + 1, cart.Stage, _customer,
            cart.Id.Length == 0 ? null : cart.Id, [.. cart.Lines.Select(line => new CartLine(line.Product, line.Quantity, line.PriceMinor))],
            cart.TotalMinor, cart.Currency, cart.CreatedMs, armedAtMs, StepMs(rule, (armedAtMs, step)), attributes);
    }

    private static string IdOf(string rule, string version, string customer, string cart, int step, long armedAtMs)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var text in (string[])[rule, version, customer, cart])
        {
            writer.Write(Encoding.UTF8.GetByteCount(text));
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        writer.Write(step + 1);
        writer.Write(armedAtMs);
        return Convert.ToHexString(SHA256.HashData(bytes.ToArray()))[..32].ToLower(CultureInfo.InvariantCulture);
    }

    private void Apply(Fact fact)
    {
        if (_definitions.CartAbandonment.Count == 0)
        {
            // Nobody looks after carts.
            return;
        }

        var cart = _slots.Find(cart => cart?.Id == fact.CartId);
        if (fact.Type == EventTypes.OrderCompleted)
        {
            Order(fact, cart);
        }
        else if (NaiveCart.Changes(fact.Type))
        {
            Change(fact, cart);
        }
        else
        {
            Look(fact);
        }
    }

    private void Order(Fact fact, NaiveCart? named)
    {
        var isKnown = named is not null || _sent.Exists(sent => sent.CartId == fact.CartId);
        var ordered = isKnown ? named : _slots.Find(cart => cart?.Id == "");
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            if (fact.CartId == "" || _slots[slot] == ordered)
            {
                _slots[slot] = null;
            }
        }
    }

    private void Look(Fact fact)
    {
        foreach (var cart in _slots.OfType<NaiveCart>().Where(cart => fact.CartId == "" || cart.Id == fact.CartId))
        {
            foreach (var rule in _definitions.CartAbandonment.Where(rule => rule.RearmOnAny || rule.RearmOn.Contains(fact.Type)))
            {
                if (cart.Armed.TryGetValue(rule.Id, out var armed))
                {
                    cart.Armed[rule.Id] = armed with { AtMs = fact.TimeMs };
                }
            }
        }
    }

    private void Change(Fact fact, NaiveCart? cart)
    {
        if (fact.Quantity == 0 && (fact.Type == EventTypes.ProductAdded || fact.Type == EventTypes.ProductRemoved))
        {
            return;
        }

        if (cart is null)
        {
            if (!NaiveCart.Opens(fact, _orderedAtMs))
            {
                return;
            }

            cart = new NaiveCart(fact.CartId, fact.TimeMs);
            var free = _slots.IndexOf(null);
            _slots.Insert(free < 0 ? _slots.Count : free, cart);
            if (free >= 0)
            {
                _slots.RemoveAt(free + 1);
            }
        }

        var mixedBefore = cart.MixedPrices;
        var isEmptied = cart.Take(fact);
        MixedPrices += cart.MixedPrices - mixedBefore;
        if (isEmptied)
        {
            _slots[_slots.IndexOf(cart)] = null;
            return;
        }

        foreach (var rule in _definitions.CartAbandonment)
        {
            if (cart.Armed.TryGetValue(rule.Id, out var armed))
            {
                var isNew = rule.Reentry == Reentry.AtOnce && fact.TimeMs > armed.AtMs;
                cart.Armed[rule.Id] = (fact.TimeMs, isNew ? 0 : armed.Step);
            }
            else if (rule.Reentry == Reentry.PerNewCart ? !cart.Fired.Contains(rule.Id) : !IsResting(rule, fact.TimeMs))
            {
                cart.Armed[rule.Id] = (fact.TimeMs, 0);
            }
        }
    }
}
