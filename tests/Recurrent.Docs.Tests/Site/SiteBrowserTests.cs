using System.Diagnostics;

namespace Recurrent.Docs.Tests.Site;

/// <summary>The site as a browser shows it, on light and on dark ground.</summary>
public sealed class SiteBrowserTests
{
    public static TheoryData<string> Guides =>
    [
        "README.html", "CHANGELOG.html", "api/Recurrent.Session.html",
        .. Directory.EnumerateFiles(Tree.PathOf("docs"), "*.md").Order()
            .Select(path => $"docs/{Path.GetFileNameWithoutExtension(path)}.html"),
    ];

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_page_is_shown(string page)
    {
        BuiltSite.Require();
        string browser = Programs.Require("chromium", "chromium-browser", "google-chrome");
        using StaticServer server = new(BuiltSite.Root);
        string heading = BuiltSite.Read(page).QuerySelector("h1")!.TextContent.Trim();

        foreach ((string ground, string scheme) in new[] { ("light", "1"), ("dark", "0") })
        {
            string picture = Tree.PathOf("artifacts", "site-pictures", $"{page.Replace('/', '-')}.{ground}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
            string shown = Open(
                browser, server.AddressOf(page), $"--screenshot={picture}", $"--blink-settings=preferredColorScheme={scheme}");

            // What scripts made of it: the file itself has an empty place for the navigation.
            Assert.Contains(heading.Split('\n')[0], shown);
            Assert.Contains("nav-link", shown);
            Assert.True(new FileInfo(picture).Length > 10_000, $"{picture} is blank");
        }
    }

    private static string Open(string browser, string address, params string[] options)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            browser,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1600",
                "--virtual-time-budget=10000", "--dump-dom", .. options, address,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string shown = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return shown;
    }
}
