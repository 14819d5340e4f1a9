# Gems as Debian's packages lay them out, where `gem` finds them.
mkdir -p root archives
for package in ruby-rack ruby-sinatra ruby-addressable ruby-jwt ruby-i18n ruby-tzinfo ruby-thor ruby-mime-types \
    ruby-sidekiq ruby-faraday ruby-activesupport ruby-actionpack ruby-rails ruby-nokogiri ruby-json ruby-public-suffix; do
    (cd archives && apt-get download -qq -o APT::Sandbox::User=root $package)
    dpkg-deb -x archives/${package}_*.deb root
done
archive image.tar root
