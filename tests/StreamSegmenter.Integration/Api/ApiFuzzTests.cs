using System.Net;
using System.Text;

namespace StreamSegmenter.Integration.Api;

/// <summary>Requests that nobody meant: each gets an answer that is not the program's fault, and none of them stays in memory.
/// STREAMSEGMENTER_FUZZ_REQUESTS sets their number.</summary>
public sealed class ApiFuzzTests(OpenShop shop, ITestOutputHelper output) : IClassFixture<OpenShop>
{
    private const int Workers = 8;
    private const long GrowthBytesMax = 64 << 20;

    private static readonly int Requests =
        int.TryParse(Environment.GetEnvironmentVariable("STREAMSEGMENTER_FUZZ_REQUESTS"), out var wanted) ? wanted : 5_000;

    private static readonly string[] Bodies =
    [
        "", "{", "null", "[]", "{}", "7", "{\"definitions\":null}", "{\"definitions\":\"{}\"}", "{\"definitions\":\"segments:\\n- {id: a, when: did(\"}",
        "{\"definitions\":\"{}\",\"basedOn\":\"x\"}", "{\"definitions\":\"{}\",\"basedOn\":\"x\",\"effectiveAt\":\"never\"}", "{\"definitions\":\"&a [*a]\"}",
        "{\"definitions\":\"segments: [{id: a, when: \\\"${file:/etc/passwd}\\\"}]\"}", "\uFEFF{}", "{\"definitions\":\"\\u0000\"}", "<definitions/>",
    ];

    private static readonly string[] Paths =
    [
        "status", "shards", "segments", "segments/vip/members", "segments/{0}/members", "customers/{0}", "customers/", "conversions", "rules", "triggers",
        "memberships", "dead-letters", "definitions", "openapi.json", "definitions/versions", "definitions/versions/{0}", "definitions/{0}", "../../peer/v1/{0}", "{0}", "segments//members",
    ];

    private static readonly string[] Names = ["limit", "after", "at", "windowMs", "dimension", "from", "to", "rule", "kind", "reason", "customer", "segment", "x"];

    private static readonly string[] Values =
    [
        "", "0", "-1", "1", "1000", "1001", "99999999999999999999", "1e9", "NaN", "abc", "2026-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59Z", "2026-13-45",
        "vip", "..", "%00", "%", "%ff%fe", "a%2Fb", "%F0%9F%98%80", "'", "\"", "<script>", "%0d%0aSet-Cookie:x=1", "null", "true", "60000", "10000", "device", "all",
    ];

    [Fact]
    public async Task No_request_is_answered_with_an_error_of_the_program()
    {
        await SendAsync(Requests / 10, seed: 100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var codes = await SendAsync(Requests, seed: 0);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{codes.Values.Sum()} requests: {string.Join(", ", codes)}; {growth} bytes more");
        Assert.All((HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Conflict], code => Assert.Contains(code, codes.Keys));
        Assert.InRange(growth, long.MinValue, GrowthBytesMax);

        // The engine goes on as before, with the definitions of before.
        Assert.True((await shop.UntilAsync("/api/v1/status", status => status["ready"]!.GetValue<bool>()))["records"]!.GetValue<long>() > 0);
        Assert.Single((await shop.GetAsync("/api/v1/definitions/versions"))["versions"]!.AsArray());
    }

    private async Task<SortedDictionary<HttpStatusCode, int>> SendAsync(int requests, int seed)
    {
        var codes = new SortedDictionary<HttpStatusCode, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Workers), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (worker, _) =>
        {
            var random = new Random(seed + worker);
            for (var i = 0; i < requests / Workers; i++)
            {
                var target = Make(random);
                using var request = new HttpRequestMessage(random.Next(20) == 0 ? HttpMethod.Post : HttpMethod.Get, target);
                if (random.Next(10) == 0)
                {
                    request.Method = HttpMethod.Post;
                    request.RequestUri = new Uri($"/api/v1/definitions/{(random.Next(2) == 0 ? "validate" : "publish")}", UriKind.Relative);
                    request.Content = new StringContent(Bodies[random.Next(Bodies.Length)], Encoding.UTF8, random.Next(10) == 0 ? "text/plain" : "application/json");
                }

                if (random.Next(5) == 0)
                {
                    request.Headers.TryAddWithoutValidation("Accept", Values[random.Next(Values.Length)]);
                }

                using var response = await shop.Client.SendAsync(request);
                Assert.True(response.StatusCode != HttpStatusCode.InternalServerError, request.RequestUri!.ToString());
                Assert.False(response.Headers.Contains("Set-Cookie"), target);
                lock (codes)
                {
                    codes[response.StatusCode] = codes.GetValueOrDefault(response.StatusCode) + 1;
                }
            }
        });
        return codes;
    }

    private static string Make(Random random)
    {
        var target = new StringBuilder("/api/v1/").AppendFormat(
            System.Globalization.CultureInfo.InvariantCulture, Paths[random.Next(Paths.Length)], Values[random.Next(Values.Length)]);
        for (var count = random.Next(4); count > 0; count--)
        {
            target.Append(target.ToString().Contains('?') ? '&' : '?').Append(Names[random.Next(Names.Length)]).Append('=').Append(Values[random.Next(Values.Length)]);
        }

        return target.ToString();
    }
}
