// Compares tab-separated pairs of versions with the NuGet.Versioning that is in nuget.exe.
using System;
using NuGet.Versioning;

class Order
{
    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var pair = line.Split('\t');
            NuGetVersion a, b;
            if (!NuGetVersion.TryParse(pair[0], out a) || !NuGetVersion.TryParse(pair[1], out b))
            {
                Console.WriteLine("!");
                continue;
            }
            Console.WriteLine("<=>"[Math.Sign(VersionComparer.Default.Compare(a, b)) + 1]);
        }
    }
}
